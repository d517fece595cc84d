/**
 * How an icon of an app stands on its tile. `ink`: lines in one almost black colour, drawn in the hue of the tile instead.
 * `dark`: colours that would vanish on a dark page, which get a light plate there. `clear`: as it is.
 */
export type IconTone = 'ink' | 'dark' | 'clear'

const SIDE = 16
/** Relative luminance below which nothing stands out on a dark tile. */
const DARK = 0.09
/** The difference of two channels from which a colour counts as one. */
const COLOURED = 24

const channel = (value: number): number => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

/** Reads the tone off RGBA pixels; what is less than half opaque does not count. */
export function toneOf(pixels: ArrayLike<number>): IconTone {
  let [seen, light, coloured] = [0, 0, 0]
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = [pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]]
    if (alpha < 128) continue
    seen += 1
    light += 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > COLOURED) coloured += 1
  }
  if (seen === 0 || light / seen > DARK) return 'clear'
  return coloured === 0 ? 'ink' : 'dark'
}

const known = new Map<string, IconTone>()

export const knownTone = (source: string): IconTone => known.get(source) ?? 'clear'

/** Reads the tone of a picture that has loaded, once for each address. Pictures from elsewhere may not be read and stay as they are. */
export function readTone(source: string, picture: HTMLImageElement): IconTone {
  const before = known.get(source)
  if (before || !source.startsWith('/')) return before ?? 'clear'
  const canvas = document.createElement('canvas')
  canvas.width = SIDE
  canvas.height = SIDE
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context?.drawImage(picture, 0, 0, SIDE, SIDE)
  const tone = context ? toneOf(context.getImageData(0, 0, SIDE, SIDE).data) : 'clear'
  known.set(source, tone)
  return tone
}
