# Was Moderation und Admins sehen, und was Mitglieder davon erfahren.

refused-blocked = Du kannst auf diesem Server gerade keine Videos anfragen. Die Moderation kann dir mehr sagen.
refused-blocked-until = Du kannst auf diesem Server gerade keine Videos anfragen. Die Sperre endet { $until }. Die Moderation kann dir mehr sagen.
refused-spicy-role = Gewagte Videos sind auf diesem Server bestimmten Rollen vorbehalten. Bitte wähle einen anderen Modus.
refused-spicy-place = Gewagte Videos gibt es nur in Kanälen mit Altersbeschränkung. Bitte frage in einem solchen Kanal, oder wähle einen anderen Modus.
refused-spicy-review = Gewagte Videos müssen hier freigegeben werden, aber dafür ist kein passender Kanal festgelegt. Die Moderation kann in `/moderation ansehen` nachsehen.
refused-picture-spicy = Gewagte Videos können nicht mit einem Bild beginnen. Bitte wähle einen anderen Modus, oder lass das Bild weg.
refused-pictures-off = Bilder sind auf diesem Server ausgeschaltet. Bitte beschreibe das Video allein mit Worten.
refused-pictures-own = Auf diesem Server kannst du nur Bilder verwenden, die du selbst angehängt oder gepostet hast. Bitte hänge ein eigenes an.
refused-words = Diese Beschreibung ist auf diesem Server nicht erlaubt. Bitte formuliere sie anders.
refused-pattern-empty = Dieses Muster enthält keine sichtbaren Zeichen. Bitte gib ein anderes an.
refused-pattern-long = Dieses Muster ist zu lang. Höchstens 200 Zeichen sind erlaubt.
refused-pattern-regex = Dieser reguläre Ausdruck geht nicht: Er folgt nicht der Syntax von RE2 oder ist zu komplex. RE2 kennt weder Lookaround noch Rückverweise.
refused-pattern-everything = Dieser reguläre Ausdruck passt auf jede Beschreibung, damit wäre nichts mehr erlaubt.
refused-pattern-unknown = Dieses Muster steht nicht in der Liste. Bitte gib es genau so an, wie es hinzugefügt wurde.
refused-words-many = Die Liste ist voll: Sie fasst höchstens { $most } Muster.
refused-regexes-many = Die Liste fasst höchstens { $most } reguläre Ausdrücke. Wörter zählen dabei nicht.
refused-roles-many = Höchstens { $most } Rollen können gewagte Videos anfragen.
refused-block-duration = Gib die Dauer an wie 30m, 12h, 7d oder 2w, oder lass sie leer für eine Sperre bis zur Aufhebung.
refused-not-blocked = Dieses Mitglied ist nicht gesperrt.
refused-report-empty = Bitte schreibe mit ein paar Worten, was mit diesem Video nicht stimmt.
refused-report-again = Du hast dieses Video schon gemeldet. Die Moderation sieht es sich an.
not-allowed-moderators = Das kann nur die Moderation: Es braucht die Berechtigung „Mitglieder moderieren“ oder „Server verwalten“.
not-allowed-managers = Das können nur Admins: Es braucht die Berechtigung „Server verwalten“.
not-allowed-own-review = Eine eigene Anfrage kannst du nicht freigeben. Das muss jemand anderes aus der Moderation tun.
not-found-report = Diese Meldung finde ich nicht mehr.
not-found-clip = Das ist kein Video von mir.
too-late-review = Diese Anfrage wartet nicht mehr: Es wurde schon entschieden, oder sie wurde abgebrochen.
too-late-report = Über diese Meldung wurde schon entschieden.

failure-place_not_restricted = Dieses Video darf hier nicht mehr gepostet werden: Der Kanal hat keine Altersbeschränkung mehr, oder gewagte Videos wurden ausgeschaltet.
failure-lapsed = Innerhalb von 24 Stunden hat niemand aus der Moderation entschieden, deshalb ist die Anfrage verfallen. Du kannst sie noch einmal stellen.

card-review-title = 🌶️ Ein gewagtes Video wartet auf Freigabe
card-review-asked = { $member } hat es { $when } in { $channel } angefragt.
card-approved = ✅ Freigegeben von { $moderator }.
card-denied = ❌ Abgelehnt von { $moderator }.
card-lapsed = ⌛ Innerhalb von 24 Stunden hat niemand entschieden.
card-cancelled = 🚫 Die Anfrage wurde zurückgezogen.
card-report-title = 🚩 Ein Video wurde gemeldet
card-report-made = { $reporter } hat { $when } das Video von { $member } gemeldet:
card-report-clip = Das Video: { $link }
card-removed = 🗑️ Entfernt von { $moderator }.
card-dismissed = 👍 Behalten von { $moderator }.
card-clip-deleted = 🗑️ Das Video ist gelöscht.
card-done-approve = Freigegeben.
card-done-deny = Abgelehnt. Das Mitglied wird benachrichtigt.
card-done-block_requester = Abgelehnt, und { $member } ist gesperrt, bis jemand die Sperre aufhebt.
card-done-remove = Das Video wird gelöscht.
card-done-dismiss = Das Video bleibt.
card-done-block_reported = { $member } ist gesperrt, bis jemand die Sperre aufhebt. Die Meldung bleibt offen.

button-approve = Freigeben
button-deny = Ablehnen
button-block = Mitglied sperren
button-block-author = Mitglied des Videos sperren
button-remove = Video entfernen
button-dismiss = Behalten
button-report = Melden
modal-deny-title = Dieses Video ablehnen
modal-deny-reason = Warum? Das Mitglied liest das.
modal-report-title = Dieses Video melden
modal-report-reason = Was stimmt damit nicht?
report-taken = Danke. Die Moderation sieht sich dieses Video an.

blocked-member = { $member } ist gesperrt, bis jemand die Sperre aufhebt.
blocked-member-until = { $member } ist gesperrt bis { $until }.
unblocked-member = { $member } darf wieder Videos anfragen.

moderation-title = Moderation auf diesem Server
moderation-policy = Gewagte Videos: **{ $policy }**
moderation-roles = Wer gewagte Videos anfragen darf: { $roles }
moderation-everybody = alle
moderation-pictures = Bilder, mit denen Videos beginnen dürfen: **{ $policy }**
moderation-review-channel = Kanal für Freigaben: { $channel }
moderation-log-channel = Protokollkanal: { $channel }
moderation-none = keiner
moderation-words = { $count ->
    [0] Keine gesperrten Wörter und Muster
    [one] { $count } gesperrtes Wort oder Muster
   *[other] { $count } gesperrte Wörter und Muster
  }
moderation-warning-no-review = Gewagte Videos brauchen eine Freigabe, aber es gibt keinen Kanal dafür: Jede gewagte Anfrage wird abgelehnt.
moderation-warning-review-plain = Der Kanal für Freigaben hat keine Altersbeschränkung: Jede gewagte Anfrage wird abgelehnt.
moderation-warning-gone = { $channel } gibt es nicht mehr, oder ich kann ihn nicht sehen.
moderation-warning-permissions = In { $channel } fehlen mir noch diese Berechtigungen: { $permissions }.
moderation-removed-review = Du hast keinen Kanal genannt, deshalb ist { $channel } nicht mehr der Kanal für Freigaben.
moderation-removed-log = Du hast keinen Kanal genannt, deshalb ist { $channel } nicht mehr der Protokollkanal.
moderation-models = Modelle: { $models }
moderation-models-unused = Hier nicht genutzte Modelle: { $models }
moderation-model-default = **{ $model }** (Standard)
refused-models-nothing = Lege fest, ob Mitglieder dieses Modell nutzen dürfen, oder mache es zum Standard. Es wurde nichts geändert.
refused-models-default = { $model } kann nur Standard sein, wenn Mitglieder es nutzen dürfen. Es wurde nichts geändert.
refused-models-last = { $model } ist das letzte Modell dieses Servers. Erlaube zuerst ein anderes.
moderation-words-title = Gesperrte Wörter und Muster
moderation-words-empty = Keine.
moderation-words-more = … und { $count } weitere

history-title = Moderationsverlauf{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
history-empty = Noch nichts.
history-table = Moderationsverlauf { $days ->
    [one] des letzten Tages.
   *[other] der letzten { $days } Tage.
  }
export-packed = Es ist viel, deshalb kommt es { $files ->
    [one] als ZIP-Datei.
   *[other] als { $files } ZIP-Dateien, jede in einer eigenen Nachricht.
  }
choice-policy-off = aus
choice-policy-restricted = an Orten mit Altersbeschränkung
choice-policy-review = an Orten mit Altersbeschränkung, nach Freigabe
choice-pictures-off = keine
choice-pictures-own = nur eigene
choice-pictures-any = alle
choice-action-add = hinzufügen
choice-action-remove = entfernen
choice-purpose-review = Freigaben
choice-purpose-log = Protokoll
choice-kind-word = Wort
choice-kind-regex = regulärer Ausdruck
choice-applies-always = jede Beschreibung
choice-applies-spicy = gewagte Beschreibungen

privacy-export = Hier ist alles, was über dich gespeichert ist, auf allen Servern.
privacy-question = Das löscht deine Beschreibungen und deine Benutzer-ID aus meinen Aufzeichnungen, auf allen Servern. Es lässt sich nicht rückgängig machen. Nachrichten in Kanälen bleiben: Lösche deine Videos mit ihrem Knopf. Was du diesen Monat verbraucht hast, zählt unter einem Pseudonym weiter. Sperren und Aufzeichnungen der Moderation über dich bleiben. In Sicherungskopien bleiben deine Daten, bis diese gelöscht werden.
privacy-forgotten = Deine Daten sind gelöscht.
button-forget = Meine Daten löschen
member-forgotten = Unbekannt
refused-forget-open = Du hast noch ein Video in Arbeit. Bitte warte darauf oder brich es zuerst ab.
