# Antworten, die nur das Mitglied sieht: was nicht geht und warum.

refused-prompt-empty = Bitte beschreibe das Video mit ein paar Worten.
refused-erased = Die Beschreibung dieses Videos wurde gelöscht. Nimm Ändern oder `/video` mit neuen Worten.
refused-prompt-broken = Deine Beschreibung enthält ein ungültiges Zeichen. Bitte gib sie neu ein.
refused-text-broken = Deine Eingabe enthält ein ungültiges Zeichen. Es wurde nichts geändert. Bitte gib sie neu ein.
refused-picture-kind = Dieses Bild kann ich nicht lesen. Bitte nimm eine JPEG-, PNG-, WebP- oder GIF-Datei.
refused-picture-heic = HEIC- und AVIF-Bilder kann ich nicht lesen. Bitte schicke dieses Bild als JPEG- oder PNG-Datei.
refused-picture-large = Dieses Bild ist zu groß. Höchstens 25 MB sind erlaubt.
refused-picture-bytes = Dieses Bild ist zu groß: { $model } nimmt höchstens { $megabytes } MB. Bitte nimm ein kleineres.
refused-picture-sides = Dieses Bild hat { $width } mal { $height } Pixel: { $model } nimmt { $least } bis { $most } auf jeder Seite. Bitte nimm ein anderes.
refused-picture-ratio = Dieses Bild ist zu lang und schmal: { $model } nimmt Bilder, die höchstens { $ratio }-mal so lang wie breit sind. Bitte schneide es zu oder nimm ein anderes.
refused-picture-pixels = Dieses Bild hat zu viele Pixel. Höchstens { $megapixels } Megapixel sind bei solchen Dateien erlaubt.
refused-picture-broken = Dieses Bild ist beschädigt, deshalb kann ich es nicht lesen. Bitte schicke es noch einmal oder wähle ein anderes.
refused-picture-slow = Es hat zu lange gedauert, dieses Bild zu laden. Bitte versuche es in einer Minute noch einmal.
refused-prompt-long = Diese Beschreibung ist zu lang: { $model } nimmt höchstens { $most } Zeichen.
refused-duration = { $kind ->
    [range] { $model } nimmt { $first } bis { $last } Sekunden.
    [one] { $model } nimmt { $last } Sekunden.
   *[several] { $model } nimmt { $first } oder { $last } Sekunden.
  }
refused-mode = { $model } hat keine Modi. Lass die Option *modus* leer, oder wähle normal.
refused-aspect = { $kind ->
    [none] { $model } behält das Format des Bildes. Lass die Option *format* leer.
    [one] { $model } nimmt nur das Format { $last }.
   *[several] { $model } nimmt die Formate { $first } oder { $last }.
  }
refused-quality = { $kind ->
    [none] Bei { $model } kannst du keine Qualität wählen. Lass die Option *qualität* leer.
    [one] { $model } nimmt nur { $last }.
   *[several] { $model } nimmt { $first } oder { $last }.
  }
refused-sound = Bei { $model } kannst du den Ton nicht ein- oder ausschalten. Lass die Option *ton* leer.
refused-model = { $kind ->
    [one] Dieser Server nutzt nur { $last }.
   *[several] Dieser Server nutzt { $first } oder { $last }.
  }
refused-picture-model = { $model } nimmt hier keine Bilder. Wähle ein anderes Modell, oder lass das Bild weg.
refused-model-pictures = Hier nimmt keines der Modelle Bilder. Bitte beschreibe das Video allein mit Worten.
refused-picture-gone = Dieses Bild kann ich nicht mehr laden. Bitte nimm es noch einmal aus seiner Nachricht, oder hänge es an `/video` an.
refused-picture-unread = Discord hat mir dieses Bild nicht gegeben. Bitte versuche es in einer Minute noch einmal.
refused-continue-spicy = Gewagte Videos lassen sich nicht fortsetzen.
refused-continue-off = Videos lassen sich hier nicht fortsetzen.
refused-continue-link = Diese Nachricht enthält nur einen Link zum Video, deshalb kann ich es nicht fortsetzen.
refused-continue-gone = Ich finde dieses Video nicht mehr, deshalb kann ich es nicht fortsetzen.
refused-continue-large = Dieses Video ist zu groß, deshalb kann ich es nicht fortsetzen.
refused-continue-unread = Ich konnte das Ende dieses Videos nicht lesen. Bitte versuche es in einer Minute noch einmal.
refused-spicy-off = Gewagte Videos sind auf diesem Server ausgeschaltet. Bitte wähle einen anderen Modus.
refused-permissions = Hier kann ich keine Videos posten. Bitte einen Admin, mir in diesem Kanal diese Berechtigungen zu geben: { $permissions }.
refused-thread-closed = Dieser Thread ist geschlossen. Bitte öffne ihn wieder oder frage woanders.
refused-not-a-member = Hier kann ich keine Videos posten: Dieser Server hat meine Befehle, aber mich nicht. Wer den Server verwalten darf, kann mich noch einmal als Bot hinzufügen.
refused-channel-kind = In dieser Art von Kanal kann ich keine Videos posten. Versuche es in einem Textkanal oder Thread.
refused-thread-private = In diesem privaten Thread kann ich nicht posten. Erwähne mich hier, um mich hinzuzufügen, und versuche es dann noch einmal.
refused-timed-out = Ich habe auf diesem Server gerade einen Timeout und kann keine Videos posten. Versuche es { $until } noch einmal oder bitte die Moderation, den Timeout zu beenden.
refused-paused = Gerade können keine Videos erstellt werden. Das kann nur der Betreiber des Bots beheben. Bitte versuche es später noch einmal.
refused-duplicate = Diese Anfrage habe ich schon.
refused-busy = Hier ist gerade viel los. Bitte versuche es in einer Minute noch einmal.

not-found-job = Dieses Video finde ich nicht mehr.
not-allowed-cancel = Nur wer dieses Video angefragt hat oder zur Moderation gehört, kann es abbrechen.
not-allowed-delete = Nur wer dieses Video angefragt hat oder zur Moderation gehört, kann es löschen.
not-allowed-here = Diesen Befehl kannst du hier nicht benutzen.
not-allowed-outside-server = Das funktioniert nur auf einem Server.
too-early-cancel = Ich lade diese Anfrage noch. Bitte versuche es in ein paar Sekunden noch einmal.
too-late-cancel = Dieses Video lässt sich nicht mehr abbrechen.

failed-unexpected = Da ist bei uns etwas schiefgegangen. Falls du es meldest, gib bitte `{ $reference }` an.
failed-discord = Discord antwortet gerade nicht richtig. Bitte versuche es in einer Minute noch einmal.
failed-storage-busy = Ich kann gerade nichts speichern, weil meine Datenbank beschäftigt ist. Es wurde nichts geändert. Bitte versuche es in einer Minute noch einmal.
failed-storage-full = Ich kann gerade nichts speichern, weil mein Speicherplatz voll ist. Es wurde nichts geändert. Der Betreiber dieses Bots muss das beheben.
failed-storage-broken = Ich kann meine Datenbank gerade nicht benutzen. Der Betreiber dieses Bots muss das beheben.
failed-outdated = Dieser Befehl hat sich gerade geändert. Bitte versuche es in einer Minute noch einmal.
text-missing = Hier ist etwas passiert, wofür mir die Worte fehlen. Bitte sage der Moderation Bescheid.

permission-view_channel = Kanal anzeigen
permission-connect = Verbinden
permission-send_messages = Nachrichten senden
permission-send_messages_in_threads = Nachrichten in Threads senden
permission-attach_files = Dateien anhängen
permission-embed_links = Links einbetten
permission-read_message_history = Nachrichtenverlauf anzeigen
