import { parseXml, XmlElement, XmlText } from '@rgrove/parse-xml'

const MAX_SVG_BYTES = 102_400
const MAX_DEPTH = 64

const ELEMENTS = new Set(
  (
    'svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan linearGradient ' +
    'radialGradient stop clipPath mask pattern marker filter feGaussianBlur feOffset feBlend feColorMatrix feFlood ' +
    'feComposite feMerge feMergeNode feDropShadow'
  ).split(' '),
)

/** Properties that may stand as attributes and inside `style`. */
const PRESENTATION = (
  'fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray ' +
  'stroke-dashoffset stroke-opacity opacity color stop-color stop-opacity clip-path clip-rule mask filter transform ' +
  'transform-origin display visibility font-family font-size font-weight font-style letter-spacing text-anchor ' +
  'dominant-baseline vector-effect paint-order mix-blend-mode isolation flood-color flood-opacity marker-start ' +
  'marker-mid marker-end shape-rendering color-interpolation-filters'
).split(' ')

const ATTRIBUTES = new Set([
  ...PRESENTATION,
  ...(
    'id class viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points dx dy rotate offset pathLength ' +
    'preserveAspectRatio gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits ' +
    'patternUnits patternContentUnits patternTransform markerUnits markerWidth markerHeight refX refY orient ' +
    'filterUnits primitiveUnits in in2 result stdDeviation mode type values operator k1 k2 k3 k4 role aria-label ' +
    'aria-hidden version xml:space'
  ).split(' '),
])
const STYLES = new Set(PRESENTATION)

/** A value may refer to something in the same file and to nothing else. */
function isHarmless(value: string): boolean {
  if (/[\\<>]|javascript:|data:|expression|@import/i.test(value)) return false
  return !/url\(/i.test(value.replaceAll(/url\(\s*(["']?)#[\w.:-]+\1\s*\)/gi, ''))
}

function cleanStyle(style: string): string {
  return style
    .split(';')
    .map((declaration) => declaration.split(':').map((part) => part.trim()))
    .filter(([name, ...value]) => name !== undefined && STYLES.has(name) && isHarmless(value.join(':')))
    .map(([name, ...value]) => `${name}:${value.join(':')}`)
    .join(';')
}

function cleanAttribute(name: string, value: string): string | null {
  if (name === 'style') return cleanStyle(value) || null
  if (name === 'href' || name === 'xlink:href') return /^#[\w.:-]+$/.test(value) ? value : null
  return ATTRIBUTES.has(name) && isHarmless(value) ? value : null
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const escapeValue = (text: string): string => escapeText(text).replaceAll('"', '&quot;')

function write(element: XmlElement, depth: number): string {
  if (depth > MAX_DEPTH || !ELEMENTS.has(element.name)) return ''
  const attributes = Object.entries(element.attributes).flatMap(([name, value]) => {
    const clean = cleanAttribute(name, value)
    return clean === null ? [] : [` ${name === 'xlink:href' ? 'href' : name}="${escapeValue(clean)}"`]
  })
  const namespace = depth === 0 ? ' xmlns="http://www.w3.org/2000/svg"' : ''
  const children = element.children
    .map((child) => {
      if (child instanceof XmlElement) return write(child, depth + 1)
      return child instanceof XmlText ? escapeText(child.text) : ''
    })
    .join('')
  const open = `<${element.name}${namespace}${attributes.join('')}`
  return children === '' ? `${open}/>` : `${open}>${children}</${element.name}>`
}

export type CleanedSvg = { readonly ok: true; readonly svg: string } | { readonly ok: false; readonly reason: string }

/**
 * An SVG file reduced to shapes, text and paint: written anew from an allow-list, so that scripts, event handlers,
 * styles sheets, foreign content, animation and references to anything outside the file do not survive (api.md 7.8).
 */
export function cleanSvg(source: string): CleanedSvg {
  if (Buffer.byteLength(source) > MAX_SVG_BYTES) {
    return { ok: false, reason: `it is larger than ${MAX_SVG_BYTES} bytes` }
  }
  if (/<!(?:DOCTYPE|ENTITY)/i.test(source.replace(/^\s*<\?xml[^>]*\?>/, '').replace(/^\s*<!DOCTYPE svg[^[>]*>/i, ''))) {
    return { ok: false, reason: 'it declares entities' }
  }
  let root: XmlElement | null
  try {
    root = parseXml(source.replace(/^\uFEFF/, '')).root
  } catch (error) {
    return {
      ok: false,
      reason: `it is not well-formed XML (${error instanceof Error ? firstLine(error.message) : ''})`,
    }
  }
  if (root === null || root.name !== 'svg') return { ok: false, reason: 'its outermost element is not <svg>' }
  if (!root.attributes.viewBox) return { ok: false, reason: 'its <svg> element has no viewBox' }
  return { ok: true, svg: write(root, 0) }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
