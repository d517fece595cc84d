import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CliFailure } from '../failure.ts'
import { TEMPLATES_FOLDER } from '../templates-folder.ts'
import { VERSION } from '../version.ts'
import type { ProjectNames, Template } from './names.ts'

/** Files of every template; those of the template itself win. */
const SHARED = 'shared'
/** npm leaves a `.gitignore` out of packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' }

export interface NewProject {
  readonly root: string
  readonly names: ProjectNames
  readonly template: Template
  /** What package.json depends on: addresses of tarballs, or `file:` paths. */
  readonly sdk: string
  readonly cli: string
  /** The platform, when it is not the usual one of this machine. */
  readonly api: string | undefined
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))

function filled(text: string, { appId, toolName, title }: ProjectNames): string {
  return text.replaceAll('__app_id__', appId).replaceAll('__tool_name__', toolName).replaceAll('__title__', title)
}

const packageJson = ({ names, sdk, cli, api }: NewProject) => ({
  name: names.appId,
  version: '1.0.0',
  private: true,
  type: 'module',
  scripts: {
    login: 'imperal login',
    dev: 'imperal dev',
    validate: 'imperal validate',
    test: 'imperal test',
    build: 'imperal build',
    deploy: 'imperal deploy',
    typecheck: 'tsc --noEmit',
  },
  dependencies: { '@imperal/sdk': sdk, zod: ZOD },
  devDependencies: { '@imperal/cli': cli, '@types/node': NODE_TYPES, typescript: TYPESCRIPT },
  // Its program comes as a package of its own; without this line npm warns at every install.
  allowScripts: { esbuild: false },
  ...(api === undefined ? {} : { imperal: { api } }),
})

const ZOD = '^4.6.7'
const NODE_TYPES = '^24.10.1'
const TYPESCRIPT = '^7.0.2'

/** Addresses under which a platform serves its packages. */
export const packageAddresses = (api: string): { sdk: string; cli: string } => ({
  sdk: `${api}/packages/imperal-sdk-${VERSION}.tgz`,
  cli: `${api}/packages/imperal-cli-${VERSION}.tgz`,
})

/** Writes a new project. @throws CliFailure when the folder holds something */
export async function writeProject(project: NewProject): Promise<readonly string[]> {
  const { root, names, template } = project
  if (existsSync(root) && readdirSync(root).length > 0) {
    throw new CliFailure(`${root} is not empty.`, { hint: 'Choose another name.' })
  }
  const sources = [SHARED, template].map((name) => path.join(TEMPLATES_FOLDER, name))
  const contents = new Map<string, string>()
  for (const folder of sources) {
    for (const file of filesOf(folder)) {
      const target = path.join(path.dirname(file), RENAMED[path.basename(file)] ?? path.basename(file))
      contents.set(target, filled(await readFile(path.join(folder, file), 'utf8'), names))
    }
  }
  contents.set('package.json', `${JSON.stringify(packageJson(project), null, 2)}\n`)
  for (const [file, content] of contents) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), content)
  }
  return [...contents.keys()].sort()
}
