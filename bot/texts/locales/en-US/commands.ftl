# What Discord's command menu shows. Names have 1 to 32 lower-case letters,
# descriptions 1 to 100 characters; the English names are those in the code.

command-video-name = video
command-video-description = Make a short video from your words
option-video-prompt-name = prompt
option-video-prompt-description = What should happen in the video?
option-video-image-name = image
option-video-image-description = A picture that comes alive: the video begins with it
option-video-mode-name = mode
option-video-mode-description = The mood of the video (default: your own, or normal)
option-video-duration-name = duration
option-video-duration-description = How long the video runs (default: yours, else the model's)
option-video-aspect-name = aspect
option-video-aspect-description = The shape of the picture (default: your own, or 16:9)
option-video-model-name = model
option-video-model-description = What makes the video (default: your own, or this server's)
option-video-sound-name = sound
option-video-sound-description = With or without sound, where the model can switch it
option-video-quality-name = quality
option-video-quality-description = How sharp the picture is

command-animate-picture-name = Animate picture

command-videos-name = videos
command-videos-description = Your videos in this server
command-videos-list-name = list
command-videos-list-description = Show your videos in this server
option-videos-list-status-name = status
option-videos-list-status-description = Filter by status
command-videos-cancel-name = cancel
command-videos-cancel-description = Cancel a video that is not finished yet
option-videos-cancel-job-name = job
option-videos-cancel-job-description = Which video?

command-usage-name = usage
command-usage-description = See how many videos you have left

choice-mode-fun = Fun
choice-mode-normal = Normal
choice-mode-spicy = Spicy (only where it is allowed)
choice-duration = { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
  }
choice-aspect-wide = 16:9 (wide)
choice-aspect-tall = 9:16 (tall)
choice-aspect-square = 1:1 (square)
choice-aspect-landscape = 3:2 (landscape)
choice-aspect-portrait = 2:3 (portrait)
choice-aspect-standard = 4:3 (standard)
choice-aspect-upright = 3:4 (upright)
choice-aspect-cinema = 21:9 (cinema)
choice-aspect-auto = automatic (the model decides)
choice-model = { $model }
choice-sound-on = With sound
choice-sound-off = Without sound
choice-quality = { $quality }
choice-status-open = In progress
choice-status-delivered = Delivered
choice-status-failed = Failed
choice-status-cancelled = Cancelled
