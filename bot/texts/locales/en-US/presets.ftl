# A server's presets: `/preset`, and `/video preset:`.

option-video-preset-name = preset
option-video-preset-description = One of this server's presets: a style, and perhaps a mode and a shape
command-preset-name = preset
command-preset-description = Keep styles for everyone in this server
command-preset-add-name = add
command-preset-add-description = Add a preset, or change the one of this name
option-preset-add-name-name = name
option-preset-add-name-description = Its name in /video, up to 32 characters
option-preset-add-words-name = words
option-preset-add-words-description = Words around {"{"}prompt{"}"}, such as: A pencil drawing of {"{"}prompt{"}"}, on old paper
option-preset-add-mode-name = mode
option-preset-add-mode-description = The mood, unless the member chooses one
option-preset-add-duration-name = duration
option-preset-add-duration-description = The length, unless the member chooses one
option-preset-add-aspect-name = aspect
option-preset-add-aspect-description = The shape, unless the member chooses one
option-preset-add-model-name = model
option-preset-add-model-description = The model, unless the member chooses one
option-preset-add-sound-name = sound
option-preset-add-sound-description = With or without sound, unless the member chooses
option-preset-add-quality-name = quality
option-preset-add-quality-description = The quality, unless the member chooses one
command-preset-remove-name = remove
command-preset-remove-description = Remove a preset
option-preset-remove-name-name = name
option-preset-remove-name-description = Which preset?
command-preset-list-name = list
command-preset-list-description = Show all presets of this server

preset-added = Preset **{ $name }** added:
preset-changed = Preset **{ $name }** changed:
preset-removed = Preset **{ $name }** removed. Videos made with it stay.
preset-use = Members choose it with `/video preset:`. An option they choose beside it comes first.
presets-title = { $count ->
    [0] No presets in this server
    [one] One preset in this server
   *[other] { $count } presets in this server
  }
presets-none = Add one with `/preset add`.
presets-more = … and { $count ->
    [one] one more preset
   *[other] { $count } more presets
  }
refused-preset-name = A preset's name has 1 to { $most } visible characters. Nothing was changed.
refused-preset-words-long = These words are too long. The limit is { $most } characters. Nothing was changed.
refused-preset-placeholder = The words must hold { $placeholder } exactly once: it stands for what a member writes. Nothing was changed.
refused-preset-prompt-long = Your prompt is too long for this preset: its own words leave room for { $most } characters.
refused-presets-many = The list is full: a server keeps at most { $most } presets. Remove one first.
not-found-preset = There is no such preset in this server. Please choose one from the list.
