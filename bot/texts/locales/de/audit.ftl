# Was auf einem Server getan wurde: ein Satz je Art von Eintrag, „wer tat was mit wem“.

audit-clapper = Clapper
audit-other = { $actor } hat etwas getan, wofür dieser Version die Worte fehlen ({ $action }).

audit-policy = { $actor } hat gewagte Videos von **{ $before }** auf **{ $after }** gestellt.
audit-policy-kept = { $actor } hat gewagte Videos bei **{ $after }** gelassen.
audit-pictures = { $actor } hat geändert, wessen Bilder verwendet werden dürfen: von **{ $before }** auf **{ $after }**.
audit-pictures-kept = { $actor } hat nicht geändert, wessen Bilder verwendet werden dürfen: **{ $after }**.
audit-model-allowed = { $actor } hat das Modell { $model } erlaubt.
audit-model-barred = { $actor } hat { $model } von den Modellen dieses Servers entfernt.
audit-model-default = { $actor } hat { $model } zum Standardmodell gemacht.
audit-role-allowed = { $actor } hat { $role } gewagte Videos erlaubt.
audit-role-removed = { $actor } hat { $role } von den Rollen gestrichen, die gewagte Videos anfragen dürfen.
audit-channel-review = { $actor } hat { $channel } zum Kanal für Freigaben gemacht.
audit-channel-log = { $actor } hat { $channel } zum Protokollkanal gemacht.
audit-channel-review-none = { $actor } hat den Kanal für Freigaben entfernt.
audit-channel-log-none = { $actor } hat den Protokollkanal entfernt.
audit-word-added = { $actor } hat „{ $pattern }“ gesperrt ({ $kind }, { $applies }).
audit-word-changed = { $actor } hat die Sperre von „{ $pattern }“ geändert: { $kind }, { $applies }.
audit-word-removed = { $actor } hat „{ $pattern }“ wieder erlaubt ({ $kind }, { $applies }).
audit-block = { $actor } hat { $member } gesperrt, bis jemand die Sperre aufhebt.
audit-block-until = { $actor } hat { $member } bis { $until } gesperrt.
audit-unblock = { $actor } hat die Sperre von { $member } aufgehoben.
audit-review-approved = { $actor } hat die gewagte Anfrage von { $member } freigegeben.
audit-review-denied = { $actor } hat die gewagte Anfrage von { $member } abgelehnt.
audit-review-lapsed = Die gewagte Anfrage von { $member } ist verfallen: Innerhalb von 24 Stunden hat niemand entschieden.
audit-report-made = { $actor } hat das Video von { $member } gemeldet.
audit-report-removed = { $actor } hat das Video von { $member } nach einer Meldung entfernt.
audit-report-dismissed = { $actor } hat das Video von { $member } nach einer Meldung behalten.
audit-deleted-own = { $actor } hat das eigene Video gelöscht.
audit-deleted = { $actor } hat das Video von { $member } gelöscht.
audit-somebody = einem Mitglied
audit-reason = Grund:
audit-limits = { $actor } hat Limits für { $target } festgelegt: { $limits }.
audit-limits-kept = { $actor } hat die Limits für { $target } so festgelegt, wie sie waren.
audit-limits-removed = { $actor } hat die Limits für { $target } entfernt ({ $limits }).
audit-limits-none = { $actor } hat die Limits für { $target } entfernt; es gab keine.
audit-grant = { $actor } hat { $member } { $videos ->
    [one] ein Extra-Video
   *[other] { $videos } Extra-Videos
  } gutgeschrieben ({ $left } übrig).
audit-grant-back = { $actor } hat { $member } { $videos ->
    [one] ein Extra-Video
   *[other] { $videos } Extra-Videos
  } abgezogen ({ $left } übrig).
audit-grant-none = { $actor } wollte { $member } Extra-Videos abziehen; es gab keine.
audit-reset-member = { $actor } hat den Verbrauch von { $member } zurückgesetzt ({ $videos ->
    [one] ein Video
   *[other] { $videos } Videos
  }).
audit-reset-everyone = { $actor } hat den Verbrauch aller zurückgesetzt ({ $videos ->
    [one] ein Video
   *[other] { $videos } Videos
  }).
audit-zone = { $actor } hat die Zeitzone von { $before } auf { $after } geändert.
audit-prices-nobody = { $actor } zeigt Mitgliedern nicht mehr, was Videos kosten.
audit-prices-admins = { $actor } lässt nur Admins sehen, was Videos kosten.
audit-prices-everyone = { $actor } lässt alle sehen, was Videos kosten.
audit-spend-warning = { $percent } % der Credits dieses Monats sind verbraucht.
audit-limit-warning = { $percent } % des Monatslimits dieses Servers von { $limit } Credits sind verbraucht.
audit-preset-added = { $actor } hat die Vorlage „{ $name }“ hinzugefügt.
audit-preset-changed = { $actor } hat die Vorlage „{ $name }“ geändert.
audit-preset-removed = { $actor } hat die Vorlage „{ $name }“ entfernt.
