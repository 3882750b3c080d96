# What the channel of whoever runs Clapper is told.

operator-intake-paused = EvoLink no longer accepts our requests: { $reason }. New requests are refused until this is fixed; I check again by myself.
operator-second-task = EvoLink made a second task ({ $task_id }, credits: { $credits_reserved }) for job { $job_id }: it ignores the Idempotency-Key. From now on no paid request is repeated. See `clapper jobs show { $job_id }`.
operator-spend-warning = { $percent }% of this month's credits for all servers are used. At the ceiling, requests are refused until next month (UTC).
operator-unconfirmed = I can't tell whether EvoLink accepted job { $job_id }. The member was told and pays nothing. Check EvoLink's bill, then run `clapper jobs resolve { $job_id } --as failed` or `--as delivered`.
operator-link-expiring = The clip of job { $job_id } could not be downloaded for 20 hours; its link expires after 24. Can this machine reach EvoLink's file host, and is there room in the spool folder?
operator-outage = EvoLink hasn't answered for { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  }. Jobs wait and continue by themselves.
operator-outage-ended = EvoLink answers again, after { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  }.
operator-event = { $event }: { $details }
