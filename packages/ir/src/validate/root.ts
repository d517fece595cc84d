import { paddedVersion } from '../derive/complete.ts'
import { isInlineSvg } from '../derive/to-manifest.ts'
import { CONTRACT_VERSION, IR_VERSION, SDL_VOCAB_VERSION } from '../document.ts'
import { byteLength, IR_LIMITS } from '../limits.ts'
import type { Validation } from './context.ts'

const APP_ID = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/
const VERSION = /^\d+\.\d+\.\d+(?:[.-][A-Za-z0-9.-]+)?$/
const CAPABILITY = /^[a-z][a-z0-9_-]*(?::[a-z][a-z0-9_-]*)?$/
const ICON_NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/

function versions({ document, issues }: Validation): void {
  const { ir_version, sdl_vocab_version, contract_version } = document
  if (ir_version !== IR_VERSION)
    issues.error('IR2', `ir_version '${ir_version}' is not supported (current ${IR_VERSION})`, 'ir_version')
  if (sdl_vocab_version !== SDL_VOCAB_VERSION)
    issues.warn(
      'IR3',
      `sdl_vocab_version '${sdl_vocab_version}' is not known (current ${SDL_VOCAB_VERSION})`,
      'sdl_vocab_version',
    )
  if (contract_version !== CONTRACT_VERSION && contract_version !== '1')
    issues.error(
      'IR3',
      `contract_version '${contract_version}' is not known (current ${CONTRACT_VERSION})`,
      'contract_version',
    )
}

function identity({ document, issues }: Validation, deployTarget: string | undefined): void {
  const { id, version } = document.app
  if (id !== '' && deployTarget !== undefined && id !== deployTarget)
    issues.error('IR21', `app id '${id}' does not match deploy target '${deployTarget}'`, 'app.id')
  if (id !== '' && !APP_ID.test(id))
    issues.error('IR22', `app id '${id}' must match [a-z0-9][a-z0-9-]*[a-z0-9], 2 to 64 characters`, 'app.id')
  const padded = paddedVersion(version)
  if (padded !== version)
    issues.warn('IR24', `version '${version}' is not semver; published as '${padded}'`, 'app.version')
  else if (version !== '' && !VERSION.test(version))
    issues.error('IR1', `app.version: String should match pattern '${VERSION.source}'`, 'app.version')
}

function texts({ document, issues }: Validation): void {
  const { id, title, description, functions } = document.app
  if (title.length < 3 || title === id) issues.warn('IR25', 'app.title should be at least 3 characters', 'app.title')
  if (description.length < 40 || description === id)
    issues.warn('IR25', 'app.description should be at least 40 characters', 'app.description')
  for (const [index, fn] of functions.entries()) {
    const path = `app.functions.${index}.description`
    if (fn.description.length < 20) issues.warn('IR25', `${path} should be at least 20 characters`, path)
  }
}

/** Why an inline SVG cannot be used; null when it can. */
function svgProblem(svg: string): string | null {
  const lower = svg.toLowerCase()
  if (byteLength(svg) > IR_LIMITS.iconBytes) return `larger than ${IR_LIMITS.iconBytes} bytes`
  if (!lower.includes('<svg')) return 'no <svg> root'
  if (!lower.includes('viewbox')) return 'no viewBox'
  const forbidden = ['<script', '<foreignobject', '<image', '<iframe', '<!doctype', '<!entity', 'javascript:', 'data:']
  const found = forbidden.find((text) => lower.includes(text))
  if (found !== undefined) return `'${found}' is not allowed`
  if (/\son[a-z]+\s*=/.test(lower)) return 'event attributes are not allowed'
  const references = lower.matchAll(/(?:href\s*=\s*["']?|url\(\s*["']?)([^"')\s>]*)/g)
  return [...references].every(([, target]) => target === undefined || target.startsWith('#'))
    ? null
    : 'external references are not allowed'
}

function icon({ document, issues }: Validation): void {
  const { icon: text } = document.app
  if (text === '') return
  const problem = isInlineSvg(text)
    ? svgProblem(text)
    : ICON_NAME.test(text)
      ? null
      : 'neither an icon name nor an inline SVG'
  if (problem !== null) issues.error('IR26', `icon: ${problem}`, 'app.icon')
}

function capabilities({ document, issues }: Validation): void {
  for (const [index, name] of (document.app.capabilities ?? []).entries())
    if (!CAPABILITY.test(name))
      issues.error('IR51', `capability '${name}' must be a name or 'namespace:action'`, `app.capabilities.${index}`)
}

/** Versions, identity, texts, icon, capabilities of the whole document (ir 3.1, 3.2). */
export function checkRoot(validation: Validation, deployTarget: string | undefined): void {
  versions(validation)
  identity(validation, deployTarget)
  texts(validation)
  icon(validation)
  capabilities(validation)
}
