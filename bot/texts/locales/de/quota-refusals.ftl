# Warum eine Anfrage eine Grenze überschreitet, und wann es wieder geht.

refused-guild = Clapper steht auf diesem Server nicht zur Verfügung. Darüber entscheidet, wer diesen Bot betreibt.
refused-member-day = Du hast ausgeschöpft, was du heute machen darfst ({ $limit ->
    [0] keine Videos erlaubt
    [one] { $limit } Video am Tag
   *[other] { $limit } Videos am Tag
  }).{ $left ->
    [-1] {""}
    [one] {" "}In diesem Monat bleibt noch { $left }.
   *[other] {" "}In diesem Monat bleiben noch { $left }.
  } Dein nächster Tag beginnt { $when }.
refused-member-month = Du hast ausgeschöpft, was du in diesem Monat machen darfst ({ $limit ->
    [0] keine Videos erlaubt
    [one] { $limit } Video im Monat
   *[other] { $limit } Videos im Monat
  }). Der nächste Monat beginnt { $when }.
refused-member-at-once = { $limit ->
    [0] Du darfst hier keine Videos machen.
    [one] Du darfst ein Video auf einmal machen. Bitte warte, bis es zu Ende ist.
   *[other] Du darfst { $limit } Videos auf einmal machen. Bitte warte, bis eines zu Ende ist.
  }
refused-cooldown = Bitte warte ein wenig zwischen zwei Videos. Du kannst { $when } wieder eines anfordern.
refused-server-day = Dieser Server hat ausgeschöpft, was er heute machen darf ({ $limit ->
    [0] keine Videos erlaubt
    [one] { $limit } Video am Tag
   *[other] { $limit } Videos am Tag
  }).{ $left ->
    [-1] {""}
    [one] {" "}In diesem Monat bleibt noch { $left }.
   *[other] {" "}In diesem Monat bleiben noch { $left }.
  } Sein nächster Tag beginnt { $when }.
refused-server-month = Dieser Server hat ausgeschöpft, was er in diesem Monat machen darf ({ $limit ->
    [0] keine Videos erlaubt
    [one] { $limit } Video im Monat
   *[other] { $limit } Videos im Monat
  }). Der nächste Monat beginnt { $when }.
refused-server-at-once = { $limit ->
    [0] Auf diesem Server dürfen keine Videos gemacht werden.
    [one] Auf diesem Server darf ein Video auf einmal gemacht werden. Bitte warte, bis es zu Ende ist.
   *[other] Auf diesem Server dürfen { $limit } Videos auf einmal gemacht werden. Bitte warte, bis eines zu Ende ist.
  }
refused-server-credits = Das Budget dieses Servers ist für diesen Monat aufgebraucht. Der nächste Monat beginnt { $when }.
refused-total-credits = Das Budget dieses Bots ist für diesen Monat aufgebraucht. Der nächste Monat beginnt { $when }.
