import { CliFailure } from '../failure.ts'

export const TEMPLATES = ['chat', 'tool', 'panel', 'connector', 'full'] as const
export type Template = (typeof TEMPLATES)[number]

/** What a project's name becomes in code, manifest and titles (sdk.md 8.3). */
export interface ProjectNames {
  /** The folder, as given. */
  readonly folder: string
  readonly appId: string
  readonly toolName: string
  readonly title: string
}

/** @throws CliFailure when the name has no usable character */
export function projectNames(name: string): ProjectNames {
  const base =
    name
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  const words = base.toLowerCase().match(/[a-z0-9]+/g)
  if (words === null) {
    throw new CliFailure(`'${name}' has no letter or digit that a name could be made of.`, {
      hint: 'Use letters, digits and hyphens, for example my-agent.',
    })
  }
  // Scopes begin with a letter, and the capabilities of the scaffold are named by the app id.
  const first = /^[0-9]/.test(words[0] ?? '') ? 'app-' : ''
  const id = first + words.join('-')
  const appId = id.length < 2 ? `${id}-app` : id.slice(0, 64).replace(/-+$/, '')
  const identifier = base.replace(/[^A-Za-z0-9_]/g, '_')
  const toolName = /^[0-9]/.test(identifier) ? `app_${identifier}` : identifier
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
  return { folder: name, appId, toolName, title }
}
