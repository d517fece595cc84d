import path from 'node:path'
import { EXTENSION_PORT, type ExtensionPort, type JsonObject } from '@imperal/contract'
import { build } from 'esbuild'
import type { Session } from './session.ts'

/** What a deploy uploads. */
export interface BuiltApp {
  readonly appId: string
  readonly bundle: string
  readonly sourceMap: string
  readonly manifest: JsonObject
}

// Where `@imperal/sdk` and `zod` are found, as in an author's own folder.
const RESOLVE_FROM = path.resolve(import.meta.dirname, '../../extensions/notes')
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'

async function bundle(source: string): Promise<{ code: string; map: string }> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: RESOLVE_FROM, sourcefile: 'main.ts' },
    outdir: 'out',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    external: ['node:*'],
    sourcemap: 'external',
    logLevel: 'silent',
  })
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? ''
  return { code: textOf('.js'), map: textOf('.map') }
}

const carriesPort = (value: unknown): value is { [EXTENSION_PORT]: ExtensionPort } =>
  typeof value === 'object' && value !== null && EXTENSION_PORT in value

/** Bundles the source of one extension (TypeScript, entry `main.ts`) and reads its manifest, as `imperal build` does. */
export async function buildApp(source: string): Promise<BuiltApp> {
  const { code, map } = await bundle(source)
  const module: Record<string, unknown> = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  )
  const port = Object.values(module).find(carriesPort)?.[EXTENSION_PORT]
  if (port === undefined) throw new Error('the source exports no extension')
  const manifest = { ...port.manifest(), icon_size_bytes: ICON.length }
  return { appId: port.appId, bundle: code, sourceMap: map, manifest }
}

export interface DeployAnswer {
  readonly status: string
  readonly error_message: string | null
  readonly report: {
    readonly issues: readonly { rule: string; level: string; message: string; file: string; line: number }[]
  } | null
}

/** Registers the app of the calling developer; a second time is no error. */
export async function createApp(developer: Session, appId: string, name = appId): Promise<void> {
  const answer = await developer.request('POST', '/v1/developer/apps', { app_id: appId, name })
  if (answer.status !== 201 && answer.status !== 409)
    throw new Error(`creating ${appId} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Uploads a version as the command line does, and gives what the publish gate said. */
export async function deployApp(url: string, developer: Session, app: BuiltApp): Promise<DeployAnswer> {
  const form = new FormData()
  form.set('version', String(app.manifest.version))
  form.set('changelog', 'for a test')
  for (const [part, text] of Object.entries({
    manifest: JSON.stringify(app.manifest),
    bundle: app.bundle,
    source_map: app.sourceMap,
    icon: ICON,
  }))
    form.set(part, new Blob([text]), part)
  const response = await fetch(`${url}/v1/developer/apps/${app.appId}/deploys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${developer.token}` },
    body: form,
  })
  const answer = (await response.json()) as DeployAnswer
  if (response.status !== 201) throw new Error(`the deploy answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

/** Builds, registers and deploys; throws what the publish gate refused. */
export async function deploySource(url: string, developer: Session, source: string): Promise<BuiltApp> {
  const app = await buildApp(source)
  await createApp(developer, app.appId)
  const answer = await deployApp(url, developer, app)
  if (answer.status !== 'live') throw new Error(`the deploy of ${app.appId} ended ${JSON.stringify(answer)}`)
  return app
}
