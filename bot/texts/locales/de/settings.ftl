# `/einstellungen`: die eigenen Vorgaben eines Mitglieds; und das Fenster hinter Ändern.

command-settings-name = einstellungen
command-settings-description = Deine eigenen Vorgaben für `/video` auf diesem Server
command-settings-show-name = ansehen
command-settings-show-description = Deine eigenen Vorgaben zeigen
command-settings-set-name = festlegen
command-settings-set-description = Festlegen, was /video nimmt, wenn du etwas weglässt
option-settings-set-mode-name = modus
option-settings-set-mode-description = Deine übliche Stimmung
option-settings-set-duration-name = dauer
option-settings-set-duration-description = Deine übliche Länge
option-settings-set-aspect-name = format
option-settings-set-aspect-description = Deine übliche Form
option-settings-set-model-name = modell
option-settings-set-model-description = Dein übliches Modell
option-settings-set-sound-name = ton
option-settings-set-sound-description = Mit oder ohne Ton
option-settings-set-quality-name = qualität
option-settings-set-quality-description = Deine übliche Qualität
command-settings-reset-name = zurücksetzen
command-settings-reset-description = Zu den üblichen Vorgaben zurückkehren

settings-title = Deine Vorgaben auf diesem Server
settings-mode = Modus: **{ $value }**
settings-duration = Dauer: **{ $value }**
settings-aspect = Format: **{ $value }**
settings-model = Modell: **{ $value }**
settings-sound = Ton: **{ $value }**
settings-quality-is = Qualität: **{ $value }**
settings-quality-models = die des Modells
settings-usual = (üblich)
settings-note = Das nimmt `/video`, wenn du etwas weglässt. Was du dort oder mit einer Vorlage wählst, geht vor.
settings-note-spicy = Wo gewagt nicht erlaubt ist, wähle in `/video` einen anderen Modus: Deiner wird nie ungefragt ersetzt.
refused-settings-nothing = Wähle mindestens eine Vorgabe. Es wurde nichts geändert.
refused-choice = Diese Auswahl gibt es nicht. Bitte wähle eine aus dem Menü.
hint-spicy-default = Gewagt ist hier deine eigene Vorgabe. Du kannst sie mit `/einstellungen festlegen` ändern.
hint-picture-model = Aus einem Bild macht { $model } das Video statt { $chosen }.
hint-spicy-preset = Die gewählte Vorlage ist gewagt. Ein Modus, den du dazu wählst, geht vor.

modal-edit-mode = Modus
modal-edit-duration = Dauer
modal-edit-seconds = Dauer ({ $least } bis { $most } Sekunden)
modal-edit-aspect = Format
modal-edit-model = Modell
modal-edit-model-quality = Modell und Qualität
modal-edit-quality = Qualität
