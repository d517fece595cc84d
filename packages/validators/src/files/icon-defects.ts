import { type Element, readXml } from './read-xml.ts'

const MAX_ICON_BYTES = 102_400
/** What is larger by far is no drawing, whatever else may be wrong with it. */
const MOST_READ = 10 * MAX_ICON_BYTES

export interface IconDefect {
  readonly message: string
  readonly fix: string
  readonly line: number
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

function embedsRaster({ name, attributes }: Element): boolean {
  if (localName(name) !== 'image') return false
  return ['href', 'xlink:href'].some((attribute) => {
    const target = attributes.get(attribute)?.trim().toLowerCase() ?? ''
    return target.startsWith('data:image') && target.includes('base64')
  })
}

function* elementDefects(elements: readonly Element[]): Generator<IconDefect> {
  const root = elements[0]
  if (root === undefined || localName(root.name) !== 'svg') {
    yield {
      message: `The icon's root element is '${root?.name ?? ''}'`,
      fix: 'It must be `<svg>`.',
      line: root?.line ?? 1,
    }
  } else if (!root.attributes.has('viewBox')) {
    yield {
      message: 'The icon has no viewBox, so it cannot be scaled',
      fix: 'Add one: `viewBox="0 0 24 24"`.',
      line: root.line,
    }
  }
  for (const element of elements.filter(embedsRaster)) {
    yield { message: 'The icon holds a bitmap', fix: 'Draw it as shapes; remove the `<image>`.', line: element.line }
  }
}

/** What keeps these bytes from being an icon (V21); every defect of one file. */
export function* iconDefects(bytes: Uint8Array): Generator<IconDefect> {
  if (bytes.length > MAX_ICON_BYTES) {
    const message = `The icon has ${bytes.length} bytes, ${MAX_ICON_BYTES} are the most`
    yield { message, fix: 'Simplify the drawing, or run it through an SVG optimiser.', line: 1 }
    if (bytes.length > MOST_READ) return
  }
  const xml = readXml(new TextDecoder().decode(bytes))
  if (xml.problem !== undefined) {
    yield {
      message: `The icon is not well-formed XML: ${xml.problem.message}`,
      fix: 'Correct it there, or export it again.',
      line: xml.problem.line,
    }
    return
  }
  yield* elementDefects(xml.elements)
}
