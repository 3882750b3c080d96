# Warum eine Anfrage über einem Limit liegt, und wann es wieder geht.

refused-guild = Clapper ist auf diesem Server nicht verfügbar. Das entscheidet der Betreiber des Bots.
refused-member-none = Du kannst hier keine Videos erstellen: Dein Limit ist 0. Die Moderation kann dir mehr sagen.
refused-server-none = Auf diesem Server können keine Videos erstellt werden: Sein Limit ist 0. Die Moderation kann dir mehr sagen.
refused-member-day = Dein Tageslimit ist erreicht ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }).{ $left ->
    [-1] {""}
    [one] {" "}In diesem Monat bleibt dir noch eins.
   *[other] {" "}In diesem Monat bleiben dir noch { $left }.
  } Weiter geht es { $when }.
refused-member-month = Dein Monatslimit ist erreicht ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }). Weiter geht es { $when }.
refused-member-at-once = { $limit ->
    [one] Du kannst immer nur ein Video gleichzeitig erstellen. Bitte warte, bis es fertig ist.
   *[other] Du kannst höchstens { $limit } Videos gleichzeitig erstellen. Bitte warte, bis eins fertig ist.
  }
refused-cooldown = Zwischen zwei Videos gibt es eine Wartezeit. Weiter geht es { $when }.
refused-server-day = Das Tageslimit dieses Servers ist erreicht ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }).{ $left ->
    [-1] {""}
    [one] {" "}In diesem Monat bleibt noch eins.
   *[other] {" "}In diesem Monat bleiben noch { $left }.
  } Weiter geht es { $when }.
refused-server-month = Das Monatslimit dieses Servers ist erreicht ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }). Weiter geht es { $when }.
refused-operator-day = Dieser Server hat das Tageslimit erreicht, das der Betreiber dieses Bots gesetzt hat ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }). Weiter geht es { $when }.
refused-operator-month = Dieser Server hat das Monatslimit erreicht, das der Betreiber dieses Bots gesetzt hat ({ $limit ->
    [one] ein Video
   *[other] { $limit } Videos
  }). Weiter geht es { $when }.
refused-operator-none = Auf diesem Server können keine Videos erstellt werden: Der Betreiber dieses Bots hat sein Limit auf 0 gesetzt.
refused-server-at-once = { $limit ->
    [one] Auf diesem Server kann immer nur ein Video gleichzeitig entstehen. Bitte warte, bis es fertig ist.
   *[other] Auf diesem Server können höchstens { $limit } Videos gleichzeitig entstehen. Bitte warte, bis eins fertig ist.
  }
refused-member-day-credits = Dieses Video würde etwa { $costs } Credits kosten, { $over } mehr, als du heute noch hast (Limit: { $limit }). Dafür reicht es { $when }; ein kürzeres oder einfacheres passt vielleicht jetzt.
refused-member-month-credits = Dieses Video würde etwa { $costs } Credits kosten, { $over } mehr, als du diesen Monat noch hast (Limit: { $limit }). Dafür reicht es { $when }; ein kürzeres oder einfacheres passt vielleicht jetzt.
refused-server-day-credits = Dieses Video würde etwa { $costs } Credits kosten, { $over } mehr, als dieser Server heute noch hat (Limit: { $limit }). Dafür reicht es { $when }; ein kürzeres oder einfacheres passt vielleicht jetzt.
refused-server-month-credits = Dieses Video würde etwa { $costs } Credits kosten, { $over } mehr, als dieser Server diesen Monat noch hat (Limit: { $limit }). Dafür reicht es { $when }; ein kürzeres oder einfacheres passt vielleicht jetzt.
refused-member-too-dear = Dieses Video würde etwa { $costs } Credits kosten, und dein Limit ist { $limit }. Ein kürzeres oder einfacheres passt vielleicht.
refused-server-too-dear = Dieses Video würde etwa { $costs } Credits kosten, und das Limit dieses Servers ist { $limit }. Ein kürzeres oder einfacheres passt vielleicht.
refused-too-long = { $limit ->
    [one] Deine Videos dürfen hier bis zu 1 Sekunde lang sein.
   *[other] Deine Videos dürfen hier bis zu { $limit } Sekunden lang sein.
  }
refused-too-fine = Deine Videos dürfen hier höchstens die Qualität { $limit } haben. Wähle diese oder eine niedrigere.
refused-prices-off = Preise sind auf diesem Server aus. Schalte sie mit `/limits preise` ein.
refused-server-credits = Dieses Video würde etwa { $costs } Credits kosten, { $over } mehr, als das Budget dieses Servers diesen Monat noch hat. Dafür reicht es { $when }; ein kürzeres oder einfacheres passt vielleicht jetzt.
refused-total-credits = Das Budget dieses Bots ist für diesen Monat aufgebraucht. Weiter geht es { $when }.
refused-no-budget = Das Budget dieses Bots reicht für dieses Video nicht. Vielleicht reicht es für ein kürzeres.
