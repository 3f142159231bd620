// Runs in the browser: see looks.ts.

const drawn = async (png, scale, filter) => {
  const image = new Image()
  image.src = `data:image/png;base64,${png}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  const paper = canvas.getContext('2d')
  paper.imageSmoothingQuality = 'high'
  paper.filter = filter
  paper.drawImage(image, 0, 0, canvas.width, canvas.height)
  return { canvas, paper }
}

globalThis.looks = {
  /** The picture in grey, each side by this factor: base64 of a PNG. */
  async small(png, scale) {
    const { canvas } = await drawn(png, scale, 'grayscale(1)')
    return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length)
  },

  /** How many of 1,000 points differ by more than `point` of 255; all if the pictures are of different sizes. */
  async difference(one, other, point) {
    const [a, b] = await Promise.all([one, other].map((png) => drawn(png, 1, 'none')))
    if (a.canvas.width !== b.canvas.width || a.canvas.height !== b.canvas.height) return 1000
    const size = [0, 0, a.canvas.width, a.canvas.height]
    const left = a.paper.getImageData(...size).data
    const right = b.paper.getImageData(...size).data
    let differ = 0
    for (let i = 0; i < left.length; i += 4) if (Math.abs(left[i] - right[i]) > point) differ++
    return Math.round((1000 * differ) / (left.length / 4))
  },

  /** They are others in each run. */
  hideTimes() {
    const style = new CSSStyleSheet()
    style.replaceSync('time { visibility: hidden !important }')
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]
  },

  /** What reaches beyond the window; where a table scrolls by itself, that is meant. */
  tooWide() {
    const room = document.documentElement.clientWidth
    const beyond = [...document.querySelectorAll('h1, h2, h3, button, a[role=button], nav, form')]
      .filter((one) => !one.closest('.scroll, .sheet, dialog:not([open]), details:not([open])'))
      .filter((one) => {
        const { left, right, width } = one.getBoundingClientRect()
        return width > 0 && (right > room + 1 || left < -1)
      })
      .map((one) => `${one.tagName.toLowerCase()} “${one.textContent.trim().slice(0, 40)}” is cut off`)
    const width = document.documentElement.scrollWidth
    return width > room + 1 ? [...beyond, `it is ${width} wide`] : beyond
  },
}
