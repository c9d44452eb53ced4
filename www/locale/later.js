// Words of what is shown only once the core is there: they come with it.

export default {
  en: {
    "notice.new-version": "A newer Fishbowl is there. This page goes on as it is until you reload it.",
    "gallery.title": "Test digits",
    "gallery.mistakes-only": "Mistakes only",
    "gallery.actual": "Actual",
    "gallery.predicted": "Predicted",
    "gallery.any": "any",
    "gallery.load": "Load the test digits",
    "gallery.loading": "Loading …",
    "gallery.missing": "The test digits are not loaded yet.",
    "gallery.none": "No test digit matches this filter.",
    "gallery.count": "{shown} of {count}.",
    "gallery.count-pick": "{shown} of {count}. Select one to put it on the pad.",
    "gallery.image": "Test digit {number}: actual {actual}, predicted {predicted}",
    "confusion.title": "Confusion matrix",
    "confusion.caption": "Test digits: the actual digit by row, the predicted digit by column",
    "confusion.corner": "actual \\ predicted",
    "confusion.missing":
      "The confusion matrix appears once the network has been evaluated on the test digits.",
    "confusion.summary":
      "{percent}% of {total} test digits predicted correctly at iteration {iteration}. Select a cell to see its digits.",
    "confusion.cell": "{actual} predicted as {predicted}: {count} images",
    "notice.python-failed": "The run could not be saved as Python.",
    "python.run": "Which run",
    "python.save": "Save as Python",
    "python.before": "Train first: there is no iteration to repeat yet.",
    "python.working": "Repeating the run in 64 bits …",
    "python.saved":
      "{iterations} iterations are in the file. The script repeats the first {agreeing} with the same losses to 1e-5: all of them.",
    "python.saved-parted":
      "{iterations} iterations are in the file. The script repeats the first {agreeing} with the same losses to 1e-5; after these, 32 bits round too much.",
    "python.saved-tried":
      "{iterations} iterations are in the file. The script repeats the first {agreeing} with the same losses to 1e-5; more were not tried here, because it would take too long.",
    "python.help":
      "A .zip with train.py, in the style of the book, and all that it reads: initial weights, images, mini-batches. It needs NumPy alone, and prints its loss beside the one found here. Up to 1,000 iterations and 24 MB.",
    "net.download": "Download network",
    "net.download-npz": "as .npz",
    "net.download-npz-spoken": "Download network as .npz, for NumPy",
    "net.load": "Load network …",
    "net.pretrained": "Use pre-trained network",
    "net.help":
      ".safetensors or NumPy .npz (W1, b1, W2, b2 …), up to 16 MB. An .npz uses the activation function selected above. Or drop a file on the page.",
  },
  zh: {
    "notice.new-version": "本页有新版本。重新加载之前照常运行。",
    "gallery.title": "测试图像",
    "gallery.mistakes-only": "只看识别错误的",
    "gallery.actual": "正确答案",
    "gallery.predicted": "识别结果",
    "gallery.any": "不限",
    "gallery.load": "加载测试图像",
    "gallery.loading": "正在加载……",
    "gallery.missing": "测试图像尚未加载。",
    "gallery.none": "没有符合条件的测试图像。",
    "gallery.count": "共 {count} 幅，显示 {shown} 幅。",
    "gallery.count-pick": "共 {count} 幅，显示 {shown} 幅。选择一幅，即可放到书写板上。",
    "gallery.image": "测试图像 {number}：正确答案 {actual}，识别结果 {predicted}",
    "confusion.title": "混淆矩阵",
    "confusion.caption": "测试图像：行为正确答案，列为识别结果",
    "confusion.corner": "正确答案 \\ 识别结果",
    "confusion.missing": "用测试图像评估网络后，将显示混淆矩阵。",
    "confusion.summary":
      "第 {iteration} 次迭代时，{total} 幅测试图像的识别精度为 {percent}%。选择单元格可查看其中的图像。",
    "confusion.cell": "{actual} 被识别为 {predicted}：{count} 幅",
    "notice.python-failed": "未能将这次训练保存为 Python。",
    "python.run": "哪次训练",
    "python.save": "保存为 Python",
    "python.before": "请先训练：还没有可以重现的迭代。",
    "python.working": "正在以 64 位精度重现这次训练……",
    "python.saved":
      "文件含 {iterations} 次迭代。脚本可重现前 {agreeing} 次（即全部），损失函数值之差不超过 10⁻⁵。",
    "python.saved-parted":
      "文件含 {iterations} 次迭代。脚本可重现前 {agreeing} 次，损失函数值之差不超过 10⁻⁵；此后 32 位的舍入误差过大。",
    "python.saved-tried":
      "文件含 {iterations} 次迭代。脚本可重现前 {agreeing} 次，损失函数值之差不超过 10⁻⁵；其余的耗时过长，没有在此验证。",
    "python.help":
      "一个 .zip 文件，内有本书风格的 train.py 及其读取的全部数据：初始权重、图像、mini-batch。只需 NumPy，运行时将其损失函数值与此处的并列显示。最多 1000 次迭代、24 MB。",
    "net.download": "下载网络",
    "net.download-npz": "存为 .npz",
    "net.download-npz-spoken": "下载网络，存为 .npz，供 NumPy 使用",
    "net.load": "加载网络……",
    "net.pretrained": "使用预先训练好的网络",
    "net.help":
      "不超过 16 MB 的 .safetensors 文件，或 NumPy 的 .npz 文件（W1、b1、W2、b2 等），其激活函数取上面所选的。也可以把文件拖放到页面上。",
  },
};
