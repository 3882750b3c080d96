# What the operator's channel is told.

operator-intake-paused = EvoLink nimmt keine Aufträge mehr von uns an ({ $reason }). { $fault ->
    [balance] Lade das Konto auf oder erhöhe das Limit des Schlüssels in EvoLinks Dashboard.
    [daily] Der Schlüssel hat sein Tageslimit erreicht; es gilt bis { $resets_at }. Damit es früher weitergeht, erhöhe es in EvoLinks Dashboard und starte mich neu.
    [key] Aktiviere den API-Schlüssel in EvoLinks Dashboard oder trage bei `evolink.api_key` einen gültigen ein und starte mich neu.
    [model] EvoLink kennt das Modell { $model } nicht oder erlaubt es diesem Schlüssel nicht. Erlaube es in EvoLinks Dashboard oder ändere die Einstellungen `evolink.models` oder `evolink.model` und starte mich neu; der neuere Name ist `grok-imagine-text-to-video-beta`.
   *[address] Was dort antwortet, ist nicht EvoLinks Video-API. Korrigiere die Einstellung `evolink.base_url` und starte mich neu.
} Videos in der Warteschlange warten, und die meisten neuen Anfragen werden abgelehnt, bis das behoben ist. Ich prüfe das von selbst immer wieder.
operator-intake-resumed = EvoLink nimmt wieder Aufträge an. Die Pause dauerte { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
  }.
operator-second-task = EvoLink hat für Job { $job_id } einen zweiten Task angelegt ({ $task_id }, Credits: { $credits_reserved }): Der Idempotency-Key wird ignoriert. Ab jetzt wird keine bezahlte Anfrage mehr wiederholt. Mehr zeigt `clapper jobs show { $job_id }`.
operator-spend-warning = { $percent } % der Credits dieses Monats für alle Server sind verbraucht. Bei 100 % werden Anfragen bis zum nächsten Monat (UTC) abgelehnt.
operator-unconfirmed = Ich kann nicht feststellen, ob EvoLink Job { $job_id } angenommen hat. Das Mitglied weiß Bescheid, und es zählt nicht für sein Limit. Prüfe EvoLinks Abrechnung und führe dann aus: `clapper jobs resolve { $job_id } --as failed` oder `--as delivered`.
operator-link-expiring = Das Video von Job { $job_id } ließ sich seit 20 Stunden nicht herunterladen; sein Link läuft nach 24 Stunden ab. Erreicht dieser Rechner EvoLinks Dateiserver, und ist im Spool-Ordner noch Platz?
operator-files-refused = EvoLinks Host für Dateien (`evolink.files_url`) weist diesen Schlüssel ab ({ $reason }). Sieh in EvoLinks Dashboard nach, was der Schlüssel darf. Jobs mit Bildern warten und scheitern, ohne zu zählen, wenn es so bleibt; andere gehen weiter.
operator-model-refused = EvoLink kennt das Modell { $model } nicht oder erlaubt es diesem Schlüssel nicht ({ $reason }). Erlaube es in EvoLinks Dashboard, oder nimm es aus `evolink.models` oder `evolink.picture_model` und starte mich neu. Seine Videos enden, ohne zu zählen; andere gehen weiter.
operator-outage = EvoLink antwortet seit { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
  } nicht. Die Jobs warten und laufen von selbst weiter.
operator-outage-ended = EvoLink antwortet wieder, nach { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
  }.
operator-storage-full = Der Datenträger der Datenbank ist voll: Nichts lässt sich speichern, und Anfragen werden abgelehnt. Schaffe Platz; ich mache von selbst weiter.{ $process ->
    [only] { "" }
   *[other] { " " }(Prozess { $process }.)
  }
operator-storage-broken = Die Datenbank lässt sich nicht benutzen: { $reason }. Anfragen werden abgelehnt. Prüfe ihre Datei oder ihren Server und die Berechtigungen; ich mache von selbst weiter.{ $process ->
    [only] { "" }
   *[other] { " " }(Prozess { $process }.)
  }
operator-storage-restored = Die Datenbank funktioniert wieder, nach { $minutes ->
    [0] weniger als einer Minute
    [one] einer Minute
   *[other] { $minutes } Minuten
  }.{ $process ->
    [only] { "" }
   *[other] { " " }(Prozess { $process }.)
  }
operator-clock-wrong = Die Uhr von Prozess { $process } ist nicht die des Datenbankservers: Sie weicht um { $seconds } s ab. Stelle die Zeit des Rechners per NTP; bis dahin wird Arbeit vielleicht zu früh oder zu spät übernommen.
operator-backup-failed = Die Datenbank konnte nicht kopiert werden: { $reason } Schaffe Platz oder prüfe `storage.backup_dir` und dessen Berechtigungen. Ich versuche es alle 10 Minuten wieder; ältere Kopien bleiben.
operator-event = { $event }: { $details }
