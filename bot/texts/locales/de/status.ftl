# Die Statusnachricht im Kanal, von der Anfrage bis zum Ende.

status-received = 🎬 Deine Anfrage ist da
status-awaiting_review = 🎬 Wartet auf Freigabe durch die Moderation
status-queued = 🎬 In der Warteschlange
status-submitting = 🎬 Gleich geht’s los
status-generating = 🎬 Dein Video entsteht
status-delivering = 🎬 Dein Video ist fertig und wird gepostet
status-delivering-slow = Das dauert länger als sonst. Ich versuche es weiter.
status-settings = { $member } · { $settings }

status-position = { $position ->
    [1] Du bist als Nächstes dran.
   *[other] Platz { $position } in der Warteschlange.
  }
status-progress = { $bar } { $percent } %
status-expected = Voraussichtlich fertig gegen { $when }
status-any-moment = Jeden Moment fertig

# Das Ende ist eine Zeile.
status-delivered = ✅ Das Video von { $member } ist fertig.
status-delivered-link = ✅ Das Video von { $member } ist fertig: { $link }
status-failed = ❌ Das Video von { $member } hat nicht geklappt.
status-failed-link = ❌ Das Video von { $member } hat nicht geklappt: { $link }
status-undeliverable = ❌ Das Video von { $member } ließ sich hier nicht posten.
status-undeliverable-link = ❌ Das Video von { $member } ließ sich hier nicht posten: { $link }
status-unconfirmed = ❌ Das Video von { $member } ist vermutlich verloren gegangen.
status-unconfirmed-link = ❌ Das Video von { $member } ist vermutlich verloren gegangen: { $link }
status-denied = ❌ Das Video von { $member } wurde nicht freigegeben.
status-denied-link = ❌ Das Video von { $member } wurde nicht freigegeben: { $link }
status-refused = ❌ Das Video von { $member } konnte nicht gestartet werden.
status-cancelled-free = 🚫 Das Video von { $member } wurde rechtzeitig abgebrochen. Es zählt nicht.
status-cancelled-counts = 🚫 Das Video von { $member } wurde abgebrochen, als es schon in Arbeit war. Es zählt.

# Eine Anfrage in einer Zeile.
settings-seconds = { $seconds } s
settings-sound-on = mit Ton
settings-sound-off = ohne Ton
settings-picture = aus einem Bild
settings-frame = Fortsetzung
mode-fun = spaßig
mode-normal = normal
mode-spicy = gewagt

button-cancel = Abbrechen
