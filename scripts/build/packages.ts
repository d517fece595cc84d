import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { licencesOf } from './licences.ts'
import { replaceFolder, runQuietly } from './stage.ts'

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly license?: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const AUTHORS_NODE = '>=20.20.0'
const isOurs = (name: string): boolean => name.startsWith('@imperal/')

const readPackage = (checkout: string, name: string): PackageJson =>
  JSON.parse(readFileSync(path.join(checkout, 'packages', name, 'package.json'), 'utf8'))

const writeJson = (file: string, value: unknown): void => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)

const builtName = (file: string): string => file.replace('./src/', './dist/').replace(/\.ts$/, '')

/** Entries with conditions keep them; the declarations are those of `default`. */
function publicExports(source: PackageJson): Record<string, Record<string, string> & { types: string }> {
  const entries = Object.entries(source.exports ?? {}).map(([key, entry]) => {
    const files = typeof entry === 'string' ? { default: entry } : entry
    const built = Object.entries(files).map(([condition, file]) => [condition, `${builtName(file)}.js`])
    return [key, { types: `${builtName(files.default ?? '')}.d.ts`, ...Object.fromEntries(built) }] as const
  })
  return Object.fromEntries(entries)
}

const thirdParty = (source: PackageJson): Record<string, string> =>
  Object.fromEntries(Object.entries(source.dependencies ?? {}).filter(([name]) => !isOurs(name)))

/** What one package needs of npm beyond another. */
const thirdPartyOnly = (source: PackageJson, beyond: PackageJson): Record<string, string> =>
  Object.fromEntries(Object.entries(thirdParty(source)).filter(([name]) => !(name in thirdParty(beyond))))

const commonFields = ({ name, version, description, license }: PackageJson) => ({
  name,
  version,
  ...(description === undefined ? {} : { description }),
  license,
  type: 'module',
  engines: { node: AUTHORS_NODE },
})

/** JavaScript and declarations of one package; `paths` points to the built packages that it imports. */
async function compile(options: {
  checkout: string
  source: string
  target: string
  paths: Readonly<Record<string, string[]>>
}): Promise<void> {
  const { checkout, source, target, paths } = options
  const config = path.join(target, 'tsconfig.build.json')
  mkdirSync(target, { recursive: true })
  writeJson(config, {
    extends: path.join(checkout, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      rootDir: source,
      outDir: path.join(target, 'dist'),
      typeRoots: [path.join(checkout, 'node_modules/@types')],
      paths,
    },
    include: [source],
    exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/fixtures'].map((glob) => path.join(source, glob)),
  })
  const tsc = path.join(checkout, 'node_modules/typescript/bin/tsc')
  await runQuietly(process.execPath, [tsc, '-p', config], checkout)
  rmSync(config)
  for (const file of globSync('dist/**/*.d.ts', { cwd: target })) renameImports(path.join(target, file))
}

// The compiler names files `.js` in code but leaves `.ts` in declarations, which not every tool follows to `.d.ts`.
function renameImports(declarations: string): void {
  const text = readFileSync(declarations, 'utf8')
  writeFileSync(declarations, text.replaceAll(/((?:from|import) ?\(?['"]\.[^'"\n]*)\.ts(?=['"])/g, '$1.js'))
}

async function stageContract(checkout: string, target: string): Promise<PackageJson> {
  const source = readPackage(checkout, 'contract')
  await compile({ checkout, source: path.join(checkout, 'packages/contract/src'), target, paths: {} })
  writeJson(path.join(target, 'package.json'), {
    ...commonFields(source),
    exports: publicExports(source),
    dependencies: thirdParty(source),
    // Without this an extension carries every module that the index names, and all of zod with them.
    sideEffects: false,
  })
  return source
}

const pathsOf = (packages: readonly { source: PackageJson; folder: string }[]): Record<string, string[]> =>
  Object.fromEntries(
    packages.flatMap(({ source, folder }) =>
      Object.entries(publicExports(source)).map(([key, { types }]) => [
        path.posix.join(source.name, key),
        [path.join(folder, types)],
      ]),
    ),
  )

/** The rules of `@imperal/sdk/validate`. Their parser is a native library that only the command line needs. */
async function stageValidators(
  checkout: string,
  target: string,
  paths: Record<string, string[]>,
): Promise<PackageJson> {
  const source = readPackage(checkout, 'validators')
  await compile({ checkout, source: path.join(checkout, 'packages/validators/src'), target, paths })
  writeJson(path.join(target, 'package.json'), {
    ...commonFields(source),
    exports: publicExports(source),
    sideEffects: false,
  })
  return source
}

/** The SDK with the contract and the rules inside: authors install one tarball and zod. */
async function stageSdk(checkout: string, target: string): Promise<void> {
  const source = readPackage(checkout, 'sdk')
  const bundled = path.join(target, 'node_modules/@imperal/contract')
  const contract = await stageContract(checkout, bundled)
  const contractPaths = pathsOf([{ source: contract, folder: bundled }])
  const rules = path.join(target, 'node_modules/@imperal/validators')
  const validators = await stageValidators(checkout, rules, contractPaths)
  await compile({
    checkout,
    source: path.join(checkout, 'packages/sdk/src'),
    target,
    paths: { ...contractPaths, ...pathsOf([{ source: validators, folder: rules }]) },
  })
  writeJson(path.join(target, 'package.json'), {
    ...commonFields(source),
    exports: publicExports(source),
    files: ['dist'],
    dependencies: {
      ...thirdParty(source),
      [contract.name]: contract.version,
      [validators.name]: validators.version,
    },
    bundleDependencies: [contract.name, validators.name],
    peerDependencies: thirdPartyOnly(validators, source),
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(thirdPartyOnly(validators, source)).map((name) => [name, { optional: true }]),
    ),
    sideEffects: false,
  })
}

/** Every npm package that a workspace package needs at run time, its own and those of our packages that it imports. */
function runtimeDependencies(checkout: string, name: string): Record<string, string> {
  const source = readPackage(checkout, name)
  const ours = Object.keys(source.dependencies ?? {}).filter(isOurs)
  const inherited = ours.map((entry) => runtimeDependencies(checkout, entry.slice('@imperal/'.length)))
  return Object.assign({}, ...inherited, thirdParty(source))
}

/** Native programs; everything else goes into the command line, which then starts in a fraction of the time. */
const NATIVE: ReadonlySet<string> = new Set(['esbuild', 'oxc-parser'])

/** What is loaded once is kept compiled by a Node that can. */
const LAUNCHER = `#!/usr/bin/env node
import module from 'node:module'
module.enableCompileCache?.()
await import('../dist/imperal.js')
`

/** The page of `imperal dev`, for a checkout; the package has a copy. */
const TRY_OUT_PAGE = 'packages/cli/dist/page'

/** React, the controls of the panel and the page itself as static files in one flat folder. */
async function buildTryOutPage(checkout: string, target: string): Promise<string[]> {
  const source = path.join(checkout, 'packages/cli/page')
  const { metafile } = await build({
    entryPoints: [path.join(source, 'main.tsx')],
    absWorkingDir: checkout,
    outdir: target,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  })
  cpSync(path.join(source, 'index.html'), path.join(target, 'index.html'))
  return Object.keys(metafile.inputs)
}

/** What `imperal mcp add` makes apps of, for a checkout; the package has a copy. */
const MCP_APP = 'packages/cli/dist/mcp'

/** The extension that stands for an MCP server, built as every extension is. */
async function buildMcpApp(checkout: string, target: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: { app: path.join(checkout, 'packages/sdk/src/mcp/app.ts') },
    absWorkingDir: checkout,
    outdir: target,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    external: ['node:*'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  })
  return Object.keys(metafile.inputs)
}

/** The command line with everything inside; each command loads its own part. */
async function stageCli(checkout: string, target: string): Promise<void> {
  const source = readPackage(checkout, 'cli')
  const folder = path.join(checkout, 'packages/cli')
  const needed = Object.entries(runtimeDependencies(checkout, 'cli'))
  const external = needed.map(([name]) => name).filter((name) => NATIVE.has(name))
  const { metafile } = await build({
    entryPoints: { imperal: path.join(folder, 'src/index.ts') },
    absWorkingDir: checkout,
    outdir: path.join(target, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external,
    legalComments: 'none',
    metafile: true,
    // Some of what is inside is CommonJS and asks for modules of Node by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  })
  const page = path.join(target, 'dist/page')
  const mcp = path.join(target, 'dist/mcp')
  const inputs = [
    ...Object.keys(metafile.inputs),
    ...(await buildTryOutPage(checkout, page)),
    ...(await buildMcpApp(checkout, mcp)),
  ]
  await replaceFolder(path.join(checkout, MCP_APP), async (copy) => cpSync(mcp, copy, { recursive: true }))
  await replaceFolder(path.join(checkout, TRY_OUT_PAGE), async (copy) => cpSync(page, copy, { recursive: true }))
  writeFileSync(path.join(target, 'THIRD-PARTY-LICENSES.txt'), licencesOf(checkout, inputs))
  const bin = path.join(target, 'bin/imperal.mjs')
  mkdirSync(path.dirname(bin), { recursive: true })
  writeFileSync(bin, LAUNCHER)
  chmodSync(bin, 0o755)
  const templates = path.join(folder, 'templates')
  if (existsSync(templates)) cpSync(templates, path.join(target, 'templates'), { recursive: true })
  writeJson(path.join(target, 'package.json'), {
    ...commonFields(source),
    bin: { imperal: './bin/imperal.mjs' },
    files: ['bin', 'dist', 'templates', 'THIRD-PARTY-LICENSES.txt'],
    dependencies: Object.fromEntries(needed.filter(([name]) => NATIVE.has(name))),
  })
}

async function pack(folder: string, destination: string): Promise<void> {
  await runQuietly('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', destination], folder)
}

/**
 * Makes the tarballs that the platform serves under `GET /packages/<name>-<version>.tgz`:
 * `imperal-sdk-<version>.tgz` and `imperal-cli-<version>.tgz`.
 */
export async function buildPackages(checkout: string, target: string): Promise<void> {
  const builds = path.join(checkout, '.imperal-build')
  mkdirSync(builds, { recursive: true })
  // Inside the checkout, where the compiler finds the npm packages that our declarations name.
  const stage = mkdtempSync(path.join(builds, '.stage-'))
  try {
    await replaceFolder(target, async (folder) => {
      const packages = Object.entries({ sdk: stageSdk, cli: stageCli }).map(async ([name, make]) => {
        await make(checkout, path.join(stage, name))
        await pack(path.join(stage, name), folder)
      })
      // Both have ended before anything is cleaned away.
      const results = await Promise.allSettled(packages)
      for (const result of results) if (result.status === 'rejected') throw result.reason
    })
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}
