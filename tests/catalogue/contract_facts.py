"""The facts of the contract about each model, one a line, to hold the catalogue against.

Sources: contract/image-models.yaml and contract/video-models.yaml. `-` stands for nothing.
"""

PATHS = {
    "t2i": "aigc/text2image/image-synthesis",
    "i2i": "aigc/image2image/image-synthesis",
    "gen": "aigc/image-generation/generation",
    "mm": "aigc/multimodal-generation/generation",
    "out": "aigc/image2image/out-painting",
    "bg": "aigc/background-generation/generation",
    "tex": "aigc/wordart/texture",
    "sem": "aigc/wordart/semantic",
    "vm": "aigc/virtualmodel/generation",
    "alb": "aigc/album/gen_potrait",
    "V": "aigc/video-generation/video-synthesis",
    "I": "aigc/image2video/video-synthesis",
    "F": "aigc/image2video/face-detect",
    "A": "aigc/image2video/aa-detect",
    "T": "aigc/image2video/aa-template-generation",
}

USAGE = {
    "count": "image_count",
    "wan": "image_count size input_tokens output_tokens total_tokens",
    "qwen": "image_count width height",
    "qwen3": "output_width output_height input_image_count input_image_type output_image_count "
    "output_image_type",
    "z": "width height image_count input_tokens output_tokens total_tokens",
    "vidu": "image_count size SR",
    "N": "duration input_video_duration output_video_duration video_count SR",
    "N+ratio": "duration input_video_duration output_video_duration video_count SR ratio",
    "N+size": "duration input_video_duration output_video_duration video_count SR size",
    "N+audio": "duration input_video_duration output_video_duration video_count SR audio",
    "N+fps": "duration input_video_duration output_video_duration video_count SR ratio fps",
    "M": "duration SR video_count",
    "R": "video_duration video_ratio video_count",
    "K": "video_duration video_count SR",
    "P": "video_duration video_ratio",
    "s2v": "duration video_count SR size fps",
    "retalk": "video_duration size video_ratio fps",
    "style": "duration SR",
}

# model | path:mode ... | longest prompt (t: tokens) | pictures in a message |
# n at most/by default | size by default | usage
PICTURES = """
wan2.5-t2i-preview | t2i:async | 2000 | - | 4/4 | 1280*1280 | count
wan2.6-t2i | gen:async mm:sync | 2100 | 0-0 | 4/4 | 1280*1280 | wan
wan2.2-t2i-flash | t2i:async t2i:sync | 500 | - | 4/4 | 1024*1024 | count
wan2.2-t2i-plus | t2i:async t2i:sync | 500 | - | 4/4 | 1024*1024 | count
wanx2.1-t2i-turbo | t2i:async | 500 | - | 4/4 | 1024*1024 | count
wanx2.1-t2i-plus | t2i:async | 500 | - | 4/4 | 1024*1024 | count
wanx2.0-t2i-turbo | t2i:async | 800 | - | 4/4 | 1024*1024 | count
wanx-v1 | t2i:async | 800 | - | 4/4 | 1024*1024 | count
wan2.7-image-pro | gen:async mm:sync | 5000 | 0-9 | 4/4 | 2K | wan
wan2.7-image | gen:async mm:sync | 5000 | 0-9 | 4/4 | 2K | wan
wan2.6-image | gen:async mm:sync | 2000 | 0-4 | 4/4 | 1K | wan
wan2.5-i2i-preview | i2i:async | 2000 | - | 4/4 | 1280*1280 | count
wanx2.1-imageedit | i2i:async | 800 | - | 4/1 | - | count
qwen-image-plus | mm:sync t2i:async | 800t | - | 1/1 | 1664*928 | count
qwen-image | mm:sync t2i:async | 800t | - | 1/1 | 1664*928 | count
qwen-image-max | mm:sync | 800t | 0-0 | 1/1 | 1664*928 | qwen
qwen-image-2.0-pro | mm:sync | 1300t | 0-3 | 6/1 | 2048*2048 | qwen
qwen-image-2.0 | mm:sync | 1300t | 0-3 | 6/1 | 2048*2048 | qwen
qwen-image-3.0-pro | gen:async mm:sync | 4500t | 0-3 | 6/1 | - | qwen3
qwen-image-3.0 | gen:async mm:sync | 4500t | 0-3 | 6/1 | - | qwen3
qwen-image-2.1-pro | mm:sync | - | 0-10 | 6/1 | - | -
qwen-image-edit-max | mm:sync | 800 | 1-3 | 6/1 | - | qwen
qwen-image-edit-plus | mm:sync | 800 | 1-3 | 6/1 | - | qwen
qwen-image-edit | mm:sync | 800 | 1-3 | 1/1 | - | qwen
z-image-turbo | mm:sync | 800 | 0-0 | - | 1024*1536 | z
qwen-mt-image | i2i:async | - | - | - | - | count
flux-schnell | t2i:async | - | - | 4/1 | 1024*1024 | count
flux-dev | t2i:async | - | - | 4/1 | 1024*1024 | count
flux-merged | t2i:async | - | - | 4/1 | 1024*1024 | count
stable-diffusion-xl | t2i:async | - | - | 4/- | - | count
stable-diffusion-v1.5 | t2i:async | - | - | 4/- | - | count
stable-diffusion-3.5-large | t2i:async | - | - | 4/- | - | count
stable-diffusion-3.5-large-turbo | t2i:async | - | - | 4/- | - | count
image-out-painting | out:async | - | - | - | - | count
wanx-background-generation-v2 | bg:async | - | - | 4/1 | - | count
wanx-style-repaint-v1 | gen:async | - | - | - | - | count
image-erase-completion | i2i:async | - | - | - | - | count
wanx-x-painting | i2i:async | 75 | - | 4/1 | 1024*1024 | count
wanx-sketch-to-image-lite | i2i:async | 75 | - | 4/4 | 768*768 | count
wordart-texture | tex:async | 200 | - | 4/1 | - | count
wordart-semantic | sem:async | 200 | - | 4/4 | - | count
aitryon | i2i:async | - | - | - | - | count
aitryon-plus | i2i:async | - | - | - | - | count
aitryon-refiner | i2i:async | - | - | - | - | count
aitryon-parsing-v1 | i2i:async | - | - | - | - | count
shoemodel-v1 | vm:async | - | - | 4/1 | - | count
wanx-virtualmodel | vm:async | - | - | 4/- | - | count
virtualmodel-v2 | vm:async | - | - | 4/- | - | count
wanx-poster-generation-v1 | t2i:async | - | - | - | - | count
image-instance-segmentation | i2i:async | - | - | - | - | count
facechain-generation | alb:async | - | - | - | - | count
wanx-style-cosplay-v1 | gen:async | - | - | - | - | count
wanx-ast | t2i:async | - | - | - | - | count
kling/kling-v3-image-generation | gen:async | - | 0-1 | 9/1 | - | count
kling/kling-v3-omni-image-generation | gen:async | - | 0- | 9/1 | - | count
vidu/vidu-image_reference2image | gen:async | 5000 | 0-14 | 1/1 | 1024*1024 | vidu
vidu/viduq3-fast_reference2image | gen:async | 5000 | 0-14 | 1/1 | 1024*1024 | vidu
vidu/viduq2-pro_reference2image | gen:async | 5000 | 0-14 | 1/1 | 1024*1024 | vidu
vidu/viduq2-fast_reference2image | gen:async | 5000 | 0-14 | 1/1 | 1024*1024 | vidu
"""

# model | path:mode | longest prompt | durations | duration by default | size or tier by default |
# submissions a second/tasks at once | usage
CLIPS = """
wan3.0-video | V:async | 20000 | 2-30 | 5 | 1080P | -/- | N+fps
wan3.0-video-prime | V:async | 20000 | 2-30 | 5 | 1080P | -/- | N+fps
wan2.7-t2v | V:async | 5000 | 2-15 | 5 | 1080P | 5/5 | N+ratio
wan2.6-t2v | V:async | 1500 | 2-15 | 5 | 1920*1080 | 5/5 | N+size
wan2.6-t2v-us | V:async | 1500 | 5,10 | 5 | 1920*1080 | 5/5 | N+size
wan2.5-t2v-preview | V:async | 1500 | 5,10 | 5 | 1920*1080 | 5/5 | R
wan2.2-t2v-plus | V:async | 800 | 5 | 5 | 1920*1080 | 2/2 | R
wanx2.1-t2v-turbo | V:async | 800 | 5 | 5 | 1280*720 | 2/2 | R
wanx2.1-t2v-plus | V:async | 800 | 5 | 5 | 1280*720 | 2/2 | R
wan2.7-i2v | V:async | 5000 | 2-15 | 5 | 1080P | 5/5 | N
wan2.6-i2v-flash | V:async | 1500 | 2-15 | 5 | 1080P | 5/5 | N+audio
wan2.6-i2v | V:async | 1500 | 2-15 | 5 | 1080P | 5/5 | N
wan2.6-i2v-us | V:async | 1500 | 5,10,15 | 5 | 1080P | 5/5 | N
wan2.5-i2v-preview | V:async | 1500 | 5,10 | 5 | 1080P | 5/5 | M
wan2.2-i2v-flash | V:async | 800 | 5 | 5 | 720P | 2/2 | M
wan2.2-i2v-plus | V:async | 800 | 5 | 5 | 1080P | 2/2 | M
wanx2.1-i2v-turbo | V:async | 800 | 3,4,5 | 5 | 720P | 2/2 | R
wanx2.1-i2v-plus | V:async | 800 | 5 | 5 | 720P | 2/2 | R
wan2.2-kf2v-flash | I:async | 800 | 5 | 5 | 720P | 2/2 | K
wanx2.1-kf2v-plus | I:async | 800 | 5 | 5 | 720P | 2/2 | R
wan2.7-r2v | V:async | 5000 | 2-15 | 5 | 1080P | 5/5 | N+ratio
wan2.6-r2v | V:async | 1500 | 2-10 | 5 | 1920*1080 | 5/5 | N+size
wan2.6-r2v-flash | V:async | 1500 | 2-10 | 5 | 1920*1080 | 5/5 | N+size
wan2.7-videoedit | V:async | 5000 | 2-10 | 0 | 1080P | 5/5 | N
wanx2.1-vace-plus | V:async | 800 | 5 | 5 | 1280*720 | 2/2 | R
wan2.2-animate-move | I:async | - | - | - | - | 5/1 | P
wan2.2-animate-mix | I:async | - | - | - | - | 5/1 | P
wan2.2-s2v-detect | F:sync | - | - | - | - | 5/- | count
wan2.2-s2v | I:async | - | - | - | 480P | 5/1 | s2v
emo-detect-v1 | F:sync | - | - | - | - | 5/- | count
emo-v1 | I:async | - | - | - | - | 5/1 | P
liveportrait-detect | F:sync | - | - | - | - | 5/- | count
liveportrait | I:async | - | - | - | - | 5/1 | P
videoretalk | I:async | - | - | - | - | 1/1 | retalk
emoji-detect-v1 | F:sync | - | - | - | - | -/- | count
emoji-v1 | I:async | - | - | - | - | -/- | P
animate-anyone-detect-gen2 | A:sync | - | - | - | - | 5/- | count
animate-anyone-template-gen2 | T:async | - | - | - | - | 5/1 | P
animate-anyone-gen2 | I:async | - | - | - | - | 5/1 | P
video-style-transform | V:async | - | - | - | - | 2/1 | style
happyhorse-1.1-t2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N+ratio
happyhorse-1.1-i2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N
happyhorse-1.1-r2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N+ratio
happyhorse-1.0-t2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N+ratio
happyhorse-1.0-i2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N
happyhorse-1.0-r2v | V:async | 5000 | 3-15 | 5 | 1080P | 10/5 | N+ratio
happyhorse-1.0-video-edit | V:async | 5000 | - | - | 1080P | 10/5 | N
"""
