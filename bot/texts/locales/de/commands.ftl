# Was Discords Befehlsmenü zeigt. Namen haben 1 bis 32 Kleinbuchstaben,
# Beschreibungen 1 bis 100 Zeichen.

command-video-name = video
command-video-description = Aus deinen Worten ein kurzes Video machen
option-video-prompt-name = beschreibung
option-video-prompt-description = Was soll im Video passieren?
option-video-image-name = bild
option-video-image-description = Ein Bild, das lebendig wird: Das Video beginnt damit
option-video-mode-name = modus
option-video-mode-description = Die Stimmung des Videos (sonst deine Vorgabe oder normal)
option-video-duration-name = dauer
option-video-duration-description = Wie lange das Video läuft (sonst deine Vorgabe, sonst die des Modells)
option-video-aspect-name = format
option-video-aspect-description = Die Form des Bildes (sonst deine Vorgabe oder 16:9)
option-video-model-name = modell
option-video-model-description = Was das Video erstellt (sonst deine Vorgabe oder die des Servers)
option-video-sound-name = ton
option-video-sound-description = Mit oder ohne Ton, wo das Modell ihn schalten kann
option-video-quality-name = qualität
option-video-quality-description = Wie scharf das Bild ist

command-animate-picture-name = Bild animieren

command-videos-name = videos
command-videos-description = Deine Videos auf diesem Server
command-videos-list-name = liste
command-videos-list-description = Deine Videos auf diesem Server zeigen
option-videos-list-status-name = status
option-videos-list-status-description = Nach Status filtern
command-videos-cancel-name = abbrechen
command-videos-cancel-description = Ein Video abbrechen, das noch nicht fertig ist
option-videos-cancel-job-name = video
option-videos-cancel-job-description = Welches Video?

command-usage-name = verbrauch
command-usage-description = Ansehen, wie viele Videos dir noch bleiben

choice-mode-fun = Spaßig
choice-mode-normal = Normal
choice-mode-spicy = Gewagt (nur, wo es erlaubt ist)
choice-duration = { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
  }
choice-aspect-wide = 16:9 (breit)
choice-aspect-tall = 9:16 (hoch)
choice-aspect-square = 1:1 (quadratisch)
choice-aspect-landscape = 3:2 (Querformat)
choice-aspect-portrait = 2:3 (Hochformat)
choice-aspect-standard = 4:3 (klassisch)
choice-aspect-upright = 3:4 (klassisch, hoch)
choice-aspect-cinema = 21:9 (Kino)
choice-aspect-auto = automatisch (das Modell entscheidet)
choice-model = { $model }
choice-sound-on = Mit Ton
choice-sound-off = Ohne Ton
choice-quality = { $quality }
choice-status-open = In Arbeit
choice-status-delivered = Fertig
choice-status-failed = Fehlgeschlagen
choice-status-cancelled = Abgebrochen
