import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { isSkippedFolder } from '@imperal/validators/project'
import { build, type Plugin } from 'esbuild'
import { CliFailure, reasonOf } from '../failure.ts'
import { isBuildFailure, messageLines } from './build-messages.ts'
import type { Project } from './find-project.ts'

export interface PreparedTests {
  /** What Node is started with, around the arguments that the author gives. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  clean(): Promise<void>
}

const TEST = /\.(?:test|spec)\.(?:[cm]?[jt]s)$/

function findTests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) return isSkippedFolder(entry.name) ? [] : findTests(full)
    return TEST.test(entry.name) ? [full] : []
  })
}

function vitestOf(root: string): string | undefined {
  try {
    const manifest = createRequire(path.join(root, 'package.json')).resolve('vitest/package.json')
    return path.join(path.dirname(manifest), 'vitest.mjs')
  } catch {
    // Not installed: the runner of Node takes its place.
    return undefined
  }
}

const usesVitest = (root: string): boolean => {
  const file = path.join(root, 'package.json')
  if (!existsSync(file)) return false
  const { dependencies = {}, devDependencies = {} } = createRequire(file)(file) as {
    dependencies?: object
    devDependencies?: object
  }
  return 'vitest' in dependencies || 'vitest' in devDependencies
}

const RETRIED = Symbol('retried')

/** Packages stay where they are, except those that are TypeScript, as a linked checkout is: Node may not read them. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup(to) {
    to.onResolve({ filter: /^[^./]/ }, async ({ path: name, resolveDir, kind, pluginData }) => {
      if (pluginData === RETRIED || kind === 'entry-point' || path.isAbsolute(name)) return undefined
      const found = await to.resolve(name, { resolveDir, kind, pluginData: RETRIED })
      if (found.errors.length > 0) return found
      return /\.[cm]?tsx?$/.test(found.path) ? found : { path: name, external: true }
    })
  },
}

async function compile(root: string, tests: readonly string[], target: string): Promise<string[]> {
  try {
    const { metafile } = await build({
      entryPoints: [...tests],
      absWorkingDir: root,
      outdir: target,
      outbase: root,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      keepNames: true,
      sourcemap: 'inline',
      metafile: true,
      plugins: [packagesOutside],
      logLevel: 'silent',
    })
    return Object.keys(metafile.outputs).map((file) => path.join(root, file))
  } catch (error) {
    const details = isBuildFailure(error) ? error.errors.flatMap(messageLines) : [reasonOf(error)]
    throw new CliFailure('The tests do not compile.', { details, cause: error })
  }
}

/** Chooses the runner of a project's tests and makes ready what it needs. @throws CliFailure without tests */
export async function prepareTests({ root }: Project): Promise<PreparedTests> {
  const vitest = usesVitest(root) ? vitestOf(root) : undefined
  if (vitest !== undefined) return { before: [vitest, 'run'], after: [], clean: async () => {} }
  const tests = findTests(root)
  if (tests.length === 0) {
    throw new CliFailure('There are no tests here.', { hint: 'Write one: tests/main.test.ts.' })
  }
  const target = path.join(root, '.imperal', 'tests')
  await rm(target, { recursive: true, force: true })
  const files = await compile(root, tests, target)
  return {
    before: ['--enable-source-maps', '--test', '--test-reporter=spec'],
    after: files,
    clean: () => rm(target, { recursive: true, force: true }),
  }
}
