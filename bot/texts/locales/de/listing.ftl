# Die eigene Liste und der eigene Verbrauch.

list-title-all = Deine Videos{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
list-title-open = Deine Videos in Arbeit{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
list-title-delivered = Deine fertigen Videos{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
list-title-failed = Deine fehlgeschlagenen Videos{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
list-title-cancelled = Deine abgebrochenen Videos{ $pages ->
    [1] {""}
   *[other] {" "}(Seite{"\u00A0"}{ $page }{"\u00A0"}von{"\u00A0"}{ $pages })
  }
list-empty = Hier ist noch nichts. Mit `/video` erstellst du dein erstes!
list-empty-open = Keine Videos in Arbeit.
list-empty-delivered = Keine fertigen Videos.
list-empty-failed = Keine fehlgeschlagenen Videos.
list-empty-cancelled = Keine abgebrochenen Videos.
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
state-unconfirmed = Vermutlich verloren
state-undeliverable = Ließ sich nicht posten

usage-title = Deine Videos auf diesem Server
