"""An upload by itself, as the SDK's own helper does it.

Arguments: a folder with `wide.png`.
"""

import sys

from dashscope.utils.oss_utils import OssUtils
from scenario import tell

address, _ = OssUtils.upload(model="wan2.5-i2i-preview", file_path=f"{sys.argv[1]}/wide.png")
tell({"uploaded": address})
