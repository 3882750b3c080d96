# Die Vorlagen eines Servers: `/vorlage`, und `/video vorlage:`.

option-video-preset-name = vorlage
option-video-preset-description = Eine Vorlage dieses Servers: ein Stil, vielleicht mit Modus und Format
command-preset-name = vorlage
command-preset-description = Stile für alle auf diesem Server bereithalten
command-preset-add-name = hinzufügen
command-preset-add-description = Eine Vorlage hinzufügen oder die dieses Namens ändern
option-preset-add-name-name = name
option-preset-add-name-description = Ihr Name in /video, bis zu 32 Zeichen
option-preset-add-words-name = worte
option-preset-add-words-description = Worte um {"{"}prompt{"}"}, etwa: Eine Bleistiftzeichnung von {"{"}prompt{"}"}, auf altem Papier
option-preset-add-mode-name = modus
option-preset-add-mode-description = Die Stimmung, wenn das Mitglied keine wählt
option-preset-add-duration-name = dauer
option-preset-add-duration-description = Die Länge, wenn das Mitglied keine wählt
option-preset-add-aspect-name = format
option-preset-add-aspect-description = Die Form, wenn das Mitglied keine wählt
option-preset-add-model-name = modell
option-preset-add-model-description = Das Modell, wenn das Mitglied keines wählt
option-preset-add-sound-name = ton
option-preset-add-sound-description = Mit oder ohne Ton, wenn das Mitglied nichts wählt
option-preset-add-quality-name = qualität
option-preset-add-quality-description = Die Qualität, wenn das Mitglied keine wählt
command-preset-remove-name = entfernen
command-preset-remove-description = Eine Vorlage entfernen
option-preset-remove-name-name = name
option-preset-remove-name-description = Welche Vorlage?
command-preset-list-name = liste
command-preset-list-description = Alle Vorlagen dieses Servers zeigen

preset-added = Vorlage **{ $name }** hinzugefügt:
preset-changed = Vorlage **{ $name }** geändert:
preset-removed = Vorlage **{ $name }** entfernt. Damit erstellte Videos bleiben.
preset-use = Mitglieder wählen sie mit `/video vorlage:`. Was sie dazu selbst wählen, geht vor.
presets-title = { $count ->
    [0] Keine Vorlagen auf diesem Server
    [one] Eine Vorlage auf diesem Server
   *[other] { $count } Vorlagen auf diesem Server
  }
presets-none = Füge mit `/vorlage hinzufügen` eine hinzu.
presets-more = … und { $count ->
    [one] eine weitere Vorlage
   *[other] { $count } weitere Vorlagen
  }
refused-preset-name = Der Name einer Vorlage hat 1 bis { $most } sichtbare Zeichen. Es wurde nichts geändert.
refused-preset-words-long = Diese Worte sind zu lang. Das Limit liegt bei { $most } Zeichen. Es wurde nichts geändert.
refused-preset-placeholder = Die Worte müssen genau einmal { $placeholder } enthalten: Dort steht, was ein Mitglied schreibt. Es wurde nichts geändert.
refused-preset-prompt-long = Deine Beschreibung ist zu lang für diese Vorlage: Deren Worte lassen Platz für { $most } Zeichen.
refused-presets-many = Die Liste ist voll: Ein Server hat höchstens { $most } Vorlagen. Entferne zuerst eine.
not-found-preset = Diese Vorlage gibt es auf diesem Server nicht. Bitte wähle eine aus der Liste.
