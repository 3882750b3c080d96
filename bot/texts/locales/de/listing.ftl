# Die eigene Liste und der eigene Verbrauch.

list-title = Deine Videos ({ $pages ->
    [1] alle
   *[other] Seite { $page } von { $pages }
  })
list-empty = Hier ist noch nichts. Mit `/video` machst du dein erstes!
list-empty-filtered = Solche Videos hast du nicht.
list-entry = { $state } · { $when }
list-entry-link = { $state } · { $when } · { $link }
list-previous = Zurück
list-next = Weiter

state-received = Gerade angefragt
state-refused = Abgelehnt
state-awaiting_review = Wartet auf Freigabe
state-queued = In der Warteschlange
state-submitting = Startet gleich
state-generating = Entsteht gerade
state-delivering = Gleich da
state-delivered = Fertig
state-denied = Nicht freigegeben
state-cancelled = Abgebrochen
state-failed = Fehlgeschlagen
state-unconfirmed = Wohl verloren
state-undeliverable = Ließ sich nicht posten

usage-title = Deine Videos auf diesem Server
