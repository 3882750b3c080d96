# What the channel of whoever runs Clapper is told.

operator-intake-paused = EvoLink nimmt keine Anfragen mehr von uns an: { $reason }. Neue Anfragen werden abgelehnt, bis das behoben ist; ich prüfe es von selbst.
operator-second-task = EvoLink hat für Job { $job_id } einen zweiten Task angelegt ({ $task_id }, Credits: { $credits_reserved }): Der Idempotency-Key wird ignoriert. Ab jetzt wird keine bezahlte Anfrage mehr wiederholt. Mehr zeigt `clapper jobs show { $job_id }`.
operator-spend-warning = { $percent } % der Credits dieses Monats für alle Server sind verbraucht. An der Obergrenze werden Anfragen bis zum nächsten Monat (UTC) abgelehnt.
operator-unconfirmed = Ich kann nicht feststellen, ob EvoLink Job { $job_id } angenommen hat. Das Mitglied weiß Bescheid und zahlt nichts. Prüfe EvoLinks Abrechnung, dann `clapper jobs resolve { $job_id } --as failed` oder `--as delivered`.
operator-link-expiring = Das Video von Job { $job_id } ließ sich seit 20 Stunden nicht herunterladen; sein Link läuft nach 24 ab. Erreicht dieser Rechner EvoLinks Dateiserver, und ist im Spool-Ordner noch Platz?
operator-outage = EvoLink antwortet seit { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
  } nicht. Die Jobs warten und laufen von selbst weiter.
operator-outage-ended = EvoLink antwortet wieder, nach { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
  }.
operator-event = { $event }: { $details }
