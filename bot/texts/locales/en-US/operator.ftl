# What the channel of whoever runs Clapper is told.

operator-intake-paused = EvoLink takes no more requests from us: { $reason }. New requests are refused until that is mended; it is looked at again by itself.
operator-second-task = EvoLink made a second task ({ $task_id }, credits: { $credits_reserved }) for job { $job_id }: it ignores the Idempotency-Key. From now on no paid request is repeated. `clapper jobs show { $job_id }` tells more.
operator-spend-warning = { $percent } % of this month's credits for all servers together are used up. At the ceiling requests are refused until the next month begins (UTC).
operator-unconfirmed = It cannot be known whether EvoLink took the request of job { $job_id }. The member was told and pays nothing. Look at EvoLink's bill, then `clapper jobs resolve { $job_id } --as failed` or `--as delivered`.
operator-link-expiring = The clip of job { $job_id } could not be fetched for 20 hours, and its link dies after 24. Can this machine reach EvoLink's file host, and is there room in the spool folder?
operator-outage = EvoLink has not answered for { $minutes } minutes. Jobs wait and go on by themselves.
operator-outage-ended = EvoLink answers again, after { $minutes } minutes.
operator-event = { $event }: { $details }
