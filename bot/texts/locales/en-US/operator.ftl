# What the operator's channel is told.

operator-intake-paused = EvoLink no longer accepts our requests ({ $reason }). { $fault ->
    [balance] Top up the account or raise the key's limit in EvoLink's dashboard.
    [daily] The key has reached its daily limit, which resets { $resets_at }. To go on sooner, raise it in EvoLink's dashboard and restart me.
    [key] Enable the API key in EvoLink's dashboard, or set `evolink.api_key` to a valid one and restart me.
    [model] EvoLink doesn't know the model { $model } or doesn't let this key use it. Allow it for the key in EvoLink's dashboard, or change the settings `evolink.models` or `evolink.model` and restart me; the newer name is `grok-imagine-text-to-video-beta`.
   *[address] What answers there is not EvoLink's video API. Correct the setting `evolink.base_url` and restart me.
} Queued videos wait, and most new requests are refused, until this is fixed. I check again by myself.
operator-intake-resumed = EvoLink accepts requests again. The pause lasted { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  }.
operator-second-task = EvoLink made a second task ({ $task_id }, credits: { $credits_reserved }) for job { $job_id }: it ignores the Idempotency-Key. From now on no paid request is repeated. See `clapper jobs show { $job_id }`.
operator-spend-warning = { $percent }% of this month's credits for all servers are used. At 100%, requests are refused until next month (UTC).
operator-unconfirmed = I can't tell whether EvoLink accepted job { $job_id }. The member was told, and it doesn't count towards their limit. Check EvoLink's bill, then run `clapper jobs resolve { $job_id } --as failed` or `--as delivered`.
operator-link-expiring = The clip of job { $job_id } could not be downloaded for 20 hours; its link expires after 24 hours. Can this machine reach EvoLink's file host, and is there room in the spool folder?
operator-files-refused = EvoLink's host of files (`evolink.files_url`) refuses this key ({ $reason }). See what the key may do in EvoLink's dashboard. Jobs with pictures wait, and fail without being charged if it lasts; others go on.
operator-model-refused = EvoLink doesn't know the model { $model } or doesn't let this key use it ({ $reason }). Allow it for the key in EvoLink's dashboard, or take it out of `evolink.models` or `evolink.picture_model` and restart me. Its videos end without being charged; others go on.
operator-outage = EvoLink hasn't answered for { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  }. Jobs wait and continue by themselves.
operator-outage-ended = EvoLink answers again, after { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  }.
operator-storage-full = The disk of the database is full: nothing can be saved, and requests are refused. Make room; I go on by myself.{ $process ->
    [only] { "" }
   *[other] { " " }(Process { $process }.)
  }
operator-storage-broken = The database cannot be used: { $reason }. Requests are refused. Check its file or its server, and the permissions; I go on by myself.{ $process ->
    [only] { "" }
   *[other] { " " }(Process { $process }.)
  }
operator-storage-restored = The database works again, after { $minutes ->
    [0] less than a minute
    [one] 1 minute
   *[other] { $minutes } minutes
  }.{ $process ->
    [only] { "" }
   *[other] { " " }(Process { $process }.)
  }
operator-clock-wrong = The clock of process { $process } is not the database server's: it differs by { $seconds } s. Set the machine's time by NTP; until then work may be taken over too early or too late.
operator-backup-failed = The database could not be copied: { $reason } Make room, or check `storage.backup_dir` and its permissions. I try again every 10 minutes; older copies are kept.
operator-event = { $event }: { $details }
