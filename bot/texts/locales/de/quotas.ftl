# Grenzen: was Admins festlegen und sehen, und was Mitgliedern bleibt.

not-allowed-manager = Das können nur Leute, die diesen Server verwalten dürfen.
quota-nothing-given = Bitte nenne mindestens eine Grenze.
quota-bad-number = Eine Grenze ist eine ganze Zahl von 0 bis { $most }, oder -1 für keine Grenze. Es wurde nichts geändert.
quota-bad-grant = Bitte gewähre zwischen 1 und { $most } Videos, oder nimm mit einem Minus davor so viele zurück. Es wurde nichts geändert.
quota-long-reason = Diese Begründung ist zu lang: Höchstens { $most } Zeichen passen hinein. Es wurde nichts geändert.
quota-bad-zone = Diese Zeitzone gibt es nicht. Bitte wähle eine aus der Liste, etwa Europe/Berlin. Es wurde nichts geändert.
quota-bad-days = Ein Bericht umfasst 1 bis { $most } Tage.
quota-needs-role = Bitte nenne die Rolle, deren Grenzen aufgehoben werden sollen. Es wurde nichts geändert.
quota-needs-member = Bitte nenne das Mitglied, dessen Grenzen aufgehoben werden sollen. Es wurde nichts geändert.
quota-unknown-role = Diese Rolle gibt es auf diesem Server nicht. Es wurde nichts geändert.

quota-title-server = Grenzen dieses Servers
quota-title-member = Grenzen für { $member }
quota-whole-server = Ganzer Server
quota-each-member = Jedes Mitglied, wenn nichts anderes festgelegt ist
quota-roles = Rollen
quota-more-roles = … und { $count ->
    [one] eine weitere Rolle
   *[other] { $count } weitere Rollen
  }
quota-members-with-own = { $count ->
    [0] Kein Mitglied hat eigene Grenzen.
    [one] Ein Mitglied hat eigene Grenzen.
   *[other] { $count } Mitglieder haben eigene Grenzen.
  }
quota-zone = Tage und Monate richten sich nach den Uhren von { $zone }.
quota-window-per_day = **Heute**
quota-window-per_month = **Dieser Monat**
quota-window-at_once = **Gerade jetzt**
quota-amount = { $bar } { $used } von { $limit }, { $left } übrig
quota-amount-unlimited = { $used }, keine Grenze
quota-resets = beginnt { $when } neu
quota-grants = 🎁 { $count ->
    [one] Ein zusätzliches Video wurde gewährt
   *[other] { $count } zusätzliche Videos wurden gewährt
  }, für die Zeit, wenn der Tag oder der Monat ausgeschöpft ist.
quota-source-operator = vom Betreiber dieses Bots festgelegt
quota-source-server = für den ganzen Server festgelegt
quota-source-members = für jedes Mitglied festgelegt
quota-source-role = durch { $role }
quota-source-member = nur für dieses Mitglied festgelegt
quota-set-per_day = { $value ->
    [-1] keine Grenze am Tag
    [0] keines am Tag
   *[other] { $value } am Tag
  }
quota-set-per_month = { $value ->
    [-1] keine Grenze im Monat
    [0] keines im Monat
   *[other] { $value } im Monat
  }
quota-set-at_once = { $value ->
    [-1] beliebig viele auf einmal
    [0] keines auf einmal
   *[other] { $value } auf einmal
  }
quota-set-cooldown_s = { $value ->
    [-1] keine Pause zwischen zweien
    [0] keine Pause zwischen zweien
   *[other] { $value } s zwischen zweien
  }
quota-set-nothing = nichts festgelegt
quota-target-server = den ganzen Server
quota-target-members = jedes Mitglied
quota-changed = Erledigt. Festgelegt für { $target }: { $limits }.
quota-cleared = Erledigt. Für { $target } ist nichts mehr festgelegt.
quota-granted = Erledigt. { $member } hat noch { $after ->
    [0] keine zusätzlichen Videos
    [one] ein zusätzliches Video
   *[other] { $after } zusätzliche Videos
  } (vorher { $before }).
quota-reset-member = Erledigt. { $count ->
    [0] Bei { $member } gab es nichts zurückzusetzen.
    [one] Ein Video von { $member } zählt nicht mehr.
   *[other] { $count } Videos von { $member } zählen nicht mehr.
  }
quota-reset-everybody = Erledigt. { $count ->
    [0] Es gab nichts zurückzusetzen.
    [one] Ein Video zählt nicht mehr.
   *[other] { $count } Videos zählen nicht mehr.
  }
quota-reset-question = Sollen der heutige Tag und dieser Monat wirklich für alle zurückgesetzt werden, und für den Server selbst?
quota-reset-yes = Alle zurücksetzen
quota-reset-no = So lassen
quota-kept = Es wurde nichts geändert.
quota-zone-set = Erledigt. Tage und Monate richten sich jetzt nach den Uhren von { $zone }.
quota-report-title = Videos { $days ->
    [one] heute
   *[other] der letzten { $days } Tage
  }
quota-report-sums = { $delivered } geliefert von { $requested } angeforderten · { $credits } Credits
quota-report-others = Andere
quota-report-nothing = Noch wurde nichts gemacht
quota-report-line = { $member }: { $delivered } geliefert von { $requested } · { $credits } Credits
