# Limits: was Admins festlegen und sehen, und was Mitgliedern bleibt.

quota-nothing-given = Wähle mindestens ein Limit, das du festlegen möchtest. Es wurde nichts geändert.
quota-bad-number = Ein Limit ist eine ganze Zahl von 0 bis { $most }, oder -1 für kein Limit. Es wurde nichts geändert.
quota-too-much-per_day = Der Betreiber dieses Bots erlaubt einem Server höchstens { $most } { $most ->
    [one] Video
   *[other] Videos
  } am Tag. Gib { $most } oder weniger an. Es wurde nichts geändert.
quota-too-much-per_month = Der Betreiber dieses Bots erlaubt einem Server höchstens { $most } { $most ->
    [one] Video
   *[other] Videos
  } im Monat. Gib { $most } oder weniger an. Es wurde nichts geändert.
quota-too-much-at_once = Der Betreiber dieses Bots erlaubt einem Server höchstens { $most } { $most ->
    [one] Video
   *[other] Videos
  } gleichzeitig. Gib { $most } oder weniger an. Es wurde nichts geändert.
quota-bad-quality = Wähle eine Qualität aus der Liste. Es wurde nichts geändert.
quota-bad-grant = Gib eine Zahl von 1 bis { $most } an, oder von -1 bis -{ $most }, um Videos abzuziehen. Es wurde nichts geändert.
quota-long-reason = Diese Begründung ist zu lang: Höchstens { $most } Zeichen passen hinein. Es wurde nichts geändert.
quota-bad-zone = Diese Zeitzone gibt es nicht. Wähle eine aus der Liste, etwa Europe/Berlin. Es wurde nichts geändert.
quota-bad-days = Ein Bericht umfasst 1 bis { $most } Tage.
quota-needs-role = Wähle die Rolle, deren Limits du entfernen möchtest. Es wurde nichts geändert.
quota-needs-member = Wähle das Mitglied, dessen Limits du entfernen möchtest. Es wurde nichts geändert.
quota-other-scope = Du hast ein Mitglied oder eine Rolle genannt, aber andere Limits gewählt. Wähle den passenden Bereich, oder lass die Angabe weg. Es wurde nichts geändert.
quota-unknown-role = Diese Rolle gibt es auf diesem Server nicht. Es wurde nichts geändert.

quota-title-server = Limits dieses Servers
quota-title-member = Limits für { $member }
quota-whole-server = Ganzer Server
quota-each-member = Jedes Mitglied, wenn nichts anderes festgelegt ist
quota-roles = Rollen
quota-more-roles = … und { $count ->
    [one] eine weitere Rolle
   *[other] { $count } weitere Rollen
  }
quota-members-with-own = { $count ->
    [0] Kein Mitglied hat eigene Limits.
    [one] Ein Mitglied hat eigene Limits.
   *[other] { $count } Mitglieder haben eigene Limits.
  }
quota-zone = Limits gelten nach der Zeitzone { $zone }.
quota-window-per_day = **Heute**
quota-window-per_month = **Monat**
quota-window-at_once = **In Arbeit**
quota-window-credits_per_day = **Credits heute**
quota-window-credits_per_month = **Credits, Monat**
quota-amount = { $bar } { $used } von { $limit }
quota-none-allowed = keine Videos erlaubt
quota-resets-day = Der Tag beginnt { $day } neu.
quota-resets-month = Der Monat beginnt { $month } neu.
quota-resets-both = Neuer Tag { $day }, neuer Monat { $month }.
quota-unlimited = Kein Limit · { $used ->
    [one] ein Video
   *[other] { $used } Videos
  } in diesem Monat
quota-bound-per_day = Vom Betreiber dieses Bots begrenzt: heute (UTC) { $made } von { $limit } erstellt, Zurückgesetztes mitgezählt. Neu { $when }.
quota-bound-per_month = Vom Betreiber dieses Bots begrenzt: diesen Monat (UTC) { $made } von { $limit } erstellt, Zurückgesetztes mitgezählt. Neu { $when }.
quota-rest-default = Alles andere: Standard des Bots.
quota-all-default = Alle Limits: Standard des Bots.
quota-grants = 🎁 Du hast noch { $count ->
    [one] ein Extra-Video
   *[other] { $count } Extra-Videos
  }, falls dein Limit erreicht ist.
quota-grants-of = 🎁 { $member } hat noch { $count ->
    [one] ein Extra-Video
   *[other] { $count } Extra-Videos
  }, falls ein Limit erreicht ist.
quota-source-operator = Standard des Bots
quota-source-bound = vom Betreiber dieses Bots begrenzt
quota-source-server = für den Server festgelegt
quota-source-members = Standard für Mitglieder
quota-source-role = durch { $role }
quota-source-member = für dieses Mitglied festgelegt
quota-source-you = für dich festgelegt
quota-set-per_day = { $value ->
    [-1] kein Tageslimit
    [0] keine Videos am Tag
   *[other] { $value } am Tag
  }
quota-set-per_month = { $value ->
    [-1] kein Monatslimit
    [0] keine Videos im Monat
   *[other] { $value } im Monat
  }
quota-set-at_once = { $value ->
    [-1] beliebig viele gleichzeitig
    [0] keine Videos gleichzeitig
   *[other] { $value } gleichzeitig
  }
quota-set-cooldown_s = { $value ->
    [-1] keine Wartezeit
    [0] keine Wartezeit
   *[other] Wartezeit: { $length }
  }
quota-set-credits_per_day = { $value ->
    [-1] kein Tageslimit in Credits
    [0] keine Credits am Tag
    [one] ein Credit am Tag
   *[other] { $value } Credits am Tag
  }
quota-set-credits_per_month = { $value ->
    [-1] kein Monatslimit in Credits
    [0] keine Credits im Monat
    [one] ein Credit im Monat
   *[other] { $value } Credits im Monat
  }
quota-set-longest_s = { $value ->
    [-1] Videos jeder Länge
    [one] Videos bis 1 Sekunde
   *[other] Videos bis { $value } Sekunden
  }
quota-set-best_quality = { $value ->
    [-1] jede Qualität
   *[other] Qualität bis { $quality }
  }
quota-set-nothing = nichts festgelegt
quota-target-server = den ganzen Server
quota-target-members = jedes Mitglied
quota-changed = Limits für { $target }: { $limits }.
quota-cleared-default = Limits für { $target } entfernt; es gelten wieder die Standardwerte des Bots.
quota-cleared = Limits für { $target } entfernt; es gelten wieder die Standardwerte des Servers.
quota-granted = { $member } hat jetzt { $after ->
    [0] keine Extra-Videos
    [one] ein Extra-Video
   *[other] { $after } Extra-Videos
  } (vorher { $before }).
quota-reset-member = { $count ->
    [0] Bei { $member } gab es keinen Verbrauch zurückzusetzen.
    [one] Verbrauch zurückgesetzt: Ein Video von { $member } zählt nicht mehr.
   *[other] Verbrauch zurückgesetzt: { $count } Videos von { $member } zählen nicht mehr.
  }
quota-reset-everybody = { $count ->
    [0] Es gab keinen Verbrauch zurückzusetzen.
    [one] Verbrauch zurückgesetzt: Ein Video zählt nicht mehr.
   *[other] Verbrauch zurückgesetzt: { $count } Videos zählen nicht mehr.
  }
quota-reset-question = Den Verbrauch von heute und von diesem Monat für alle zurücksetzen, auch für den Server?
quota-reset-yes = Alle zurücksetzen
quota-reset-no = Abbrechen
quota-kept = Es wurde nichts geändert.
quota-zone-set = Tages- und Monatslimits gelten jetzt nach der Zeitzone { $zone }.
quota-prices-nobody = Mitglieder sehen nicht, was Videos kosten.
quota-prices-admins = Admins sehen, was Videos kosten: in `/videos liste` und bei jedem Clip mit Apps → Credits anzeigen.
quota-prices-everyone = Alle sehen, was Videos kosten.
quota-prices-set-nobody = Ab jetzt sehen Mitglieder nicht, was Videos kosten. `/limits bericht` zeigt es weiterhin.
quota-prices-set-admins = Ab jetzt sehen Admins, was Videos kosten: ihre eigenen in `/videos liste`, jeden Clip mit Apps → Credits anzeigen. Mitglieder sehen es nicht.
quota-prices-set-everyone = Ab jetzt sehen alle, was neue Videos kosten: in der Statusnachricht, unter dem Clip und in `/videos liste`.
price = { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }
price-about = etwa { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }
price-of-video = Was das Video von { $member } kostet:
price-unknown = Preis noch nicht bekannt
quota-report-title = Videos { $days ->
    [one] heute
   *[other] der letzten { $days } Tage
  }
quota-report-sums = { $delivered } von { $requested ->
    [one] 1 Video
   *[other] { $requested } Videos
  } fertig · { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }
quota-report-zone = Tage nach der Zeitzone { $zone }.
quota-report-others = Andere
quota-report-nothing = Noch keine Videos
quota-report-line = { $member }: { $delivered } von { $requested } fertig · { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }
quota-report-number = { $number }
quota-report-month = Credits in diesem Monat
quota-report-so-far = Bisher: { $credits }
quota-report-forecast = Prognose: { $credits }
quota-report-limit = Limit: { $credits }
quota-report-month-so-far = Dieser Monat bisher: { $videos ->
    [one] 1 Video
   *[other] { $videos } Videos
  }, { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }.
quota-report-month-ends = Geht es so weiter, sind es am { $until } etwa { $videos ->
    [one] 1 Video
   *[other] { $videos } Videos
  } und { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  }.
quota-report-too-early = Wie der Monat endet, lässt sich noch nicht absehen.
quota-report-allowed = Das Limit des Servers ist { $credits ->
    [one] 1{"\u00A0"}Credit
   *[other] { $credits }{"\u00A0"}Credits
  } im Monat.
length-seconds = { $count ->
    [one] 1 Sekunde
   *[other] { $count } Sekunden
  }
length-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
  }
length-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count } Stunden
  }
length-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
  }
