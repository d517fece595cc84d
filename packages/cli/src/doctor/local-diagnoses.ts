import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { linesOf, reasonOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiKey, loginAt } from '../platform/api-address.ts'
import { credentialsPath, readCredential } from '../platform/credentials.ts'
import { buildProject } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'
import { SDK_VERSION, VERSION } from '../version.ts'

/** One thing that was looked at. */
export interface Diagnosis {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly summary: string
  /** What to do. */
  readonly fix: string | null
}

const OLDEST_NODE = [20, 20] as const

export const ok = (name: string, summary: string): Diagnosis => ({ name, status: 'ok', summary, fix: null })

/** What a check says when it cannot even look: a doctor does not die of what it finds. */
export async function safely(name: string, look: () => Promise<Diagnosis> | Diagnosis): Promise<Diagnosis> {
  try {
    return await look()
  } catch (error) {
    const [summary = reasonOf(error), ...rest] = linesOf(error)
    return { name, status: 'fail', summary, fix: rest.length === 0 ? null : rest.join('\n    ') }
  }
}

function runtime(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  const summary = `Node ${process.versions.node} on ${process.platform}-${process.arch}, imperal ${VERSION}, SDK ${SDK_VERSION}`
  if (!isOld) return ok('This machine', summary)
  return { name: 'This machine', status: 'fail', summary, fix: `Install Node ${OLDEST_NODE.join('.')} or later.` }
}

function dependencies(root: string): Diagnosis {
  const name = 'Dependencies'
  const file = path.join(root, 'package.json')
  if (!existsSync(file)) {
    return {
      name,
      status: 'warn',
      summary: 'there is no package.json',
      fix: 'Make a project with `imperal init <name>`.',
    }
  }
  const { dependencies: wanted = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: object }
  const missing = Object.keys(wanted).filter((entry) => !isInstalled(root, entry))
  if (missing.length === 0) return ok(name, `${Object.keys(wanted).length} installed`)
  return { name, status: 'fail', summary: `not installed: ${missing.join(', ')}`, fix: 'Run `npm install`.' }
}

/** As Node looks for packages: here, and in every folder above. */
function isInstalled(folder: string, name: string): boolean {
  if (existsSync(path.join(folder, 'node_modules', name))) return true
  const above = path.dirname(folder)
  return above !== folder && isInstalled(above, name)
}

function credentials(io: Io, api: string): Diagnosis {
  const name = 'Sign-in'
  if (io.env.IMPERAL_API_KEY) return ok(name, 'by IMPERAL_API_KEY')
  const file = credentialsPath(io)
  const credential = readCredential(io, api)
  if (credential === undefined && apiKey(io, api) === undefined) {
    return { name, status: 'warn', summary: `not signed in at ${api}`, fix: `Run ${loginAt(api)}.` }
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    return { name, status: 'warn', summary: `others can read ${file}`, fix: `Run \`chmod 600 ${file}\`.` }
  }
  return ok(name, credential === undefined ? `by the key in ${file}` : `${credential.email} at ${api}`)
}

/** Node, the project and its dependencies, whether it builds, the stored sign-in. */
export async function* localDiagnoses(io: Io, api: string): AsyncGenerator<Diagnosis> {
  yield runtime()
  const root = io.cwd
  const hasProject = ['main.ts', 'main.js', 'main.mjs'].some((entry) => existsSync(path.join(root, entry)))
  if (hasProject) {
    yield await safely('Dependencies', () => dependencies(root))
    yield await safely('Extension', async () => {
      const { appId, version, bundle } = await buildProject(findProject(io))
      return ok('Extension', `${appId} v${version} builds, ${Math.round(bundle.code.length / 1024)} KB`)
    })
  } else yield ok('Extension', `none in ${root}`)
  yield await safely('Sign-in', () => credentials(io, api))
}
