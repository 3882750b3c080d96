# What the channel of whoever runs Clapper is told.

operator-intake-paused = EvoLink nimmt keine Aufträge mehr von uns an: { $reason }. Neue Anfragen werden abgelehnt, bis das behoben ist; nachgesehen wird von selbst.
operator-second-task = EvoLink hat für Auftrag { $job_id } eine zweite Aufgabe angelegt ({ $task_id }, Credits: { $credits_reserved }): Der Idempotency-Key wird ignoriert. Ab jetzt wird keine bezahlte Anfrage mehr wiederholt. Mehr zeigt `clapper jobs show { $job_id }`.
operator-spend-warning = { $percent } % der Credits dieses Monats für alle Server zusammen sind aufgebraucht. An der Obergrenze werden Anfragen abgelehnt, bis der nächste Monat beginnt (UTC).
operator-unconfirmed = Ob EvoLink den Auftrag { $job_id } angenommen hat, lässt sich nicht feststellen. Das Mitglied weiß Bescheid und zahlt nichts. Ein Blick auf EvoLinks Abrechnung hilft, danach `clapper jobs resolve { $job_id } --as failed` oder `--as delivered`.
operator-link-expiring = Das Video von Auftrag { $job_id } ließ sich seit 20 Stunden nicht abholen, und sein Link gilt nur 24. Erreicht dieser Rechner EvoLinks Dateiserver, und ist im Spool-Ordner noch Platz?
operator-outage = EvoLink antwortet seit { $minutes } Minuten nicht. Die Aufträge warten und laufen von selbst weiter.
operator-outage-ended = EvoLink antwortet wieder, nach { $minutes } Minuten.
operator-event = { $event }: { $details }
