import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppId, MCP_URL_SETTING } from '@imperal/contract'
import { CliFailure, reasonOf } from '../failure.ts'
import type { BuiltProject } from '../project/build-project.ts'
import { loadExtension } from '../project/load-extension.ts'
import { plainText } from './plain-text.ts'

/** What a server says about itself, as the built module describes it. */
export interface DescribedServer {
  readonly name: string
  readonly url: string
  readonly tools: readonly { readonly name: string; readonly actionType: 'read' | 'write' | 'destructive' }[]
}

interface Exchanged {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}
type Exchange = (request: { method: string; headers: Record<string, string>; body?: string }) => Promise<Exchanged>
interface AppModule {
  describeServer(url: string, exchange: Exchange, token: string | null): Promise<DescribedServer>
}

/** The extension that stands for a server, without the server: made of the SDK by the build. */
const MODULE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/mcp/app.js' : './mcp/app.js', import.meta.url),
)
const PATIENCE_MS = 30_000
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#4f46e5" stroke-width="2" stroke-linecap="round"><path d="M4 13l7-7a3 3 0 0 1 4 4l-6 6"/><path d="M9 16l6-6a3 3 0 0 1 4 4l-5 5 2 2"/></svg>\n'

const exchangeWith =
  (url: string): Exchange =>
  async ({ method, headers, body }) => {
    const answer = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body }),
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  }

/** Asks the server for its name and tools. @throws CliFailure */
export async function lookAtServer(url: string, token: string | null): Promise<DescribedServer> {
  const module = (await import(pathToFileURL(MODULE).href)) as AppModule
  try {
    const server = await module.describeServer(url, exchangeWith(url), token)
    // The name is shown by terminals, by the panel and to models.
    return { ...server, name: plainText(server.name) || new URL(url).hostname }
  } catch (error) {
    const { status } = error as { status?: unknown }
    const isToken = status === 401 || status === 403
    throw new CliFailure(`${url} cannot be added: ${plainText(reasonOf(error))}`, {
      hint: isToken
        ? 'Put a token that it accepts into IMPERAL_MCP_TOKEN. It is used for this look at the tools and not stored.'
        : 'Is this the address of an MCP server that speaks streamable HTTP? It often ends in /mcp.',
      cause: error,
    })
  }
}

/** `Acme Search` becomes `mcp-acme-search`. */
export function appIdOf(server: Pick<DescribedServer, 'name'>, wanted: string | undefined): string {
  const slug = server.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
  const id = wanted ?? `mcp-${slug}`.replace(/-$/, '')
  if (AppId.safeParse(id).success) return id
  throw new CliFailure(`'${id}' is no app id.`, { hint: 'Choose one with --app: small letters, digits and hyphens.' })
}

/** What a deploy uploads for a server. @throws CliFailure */
export async function buildServerApp(
  server: DescribedServer,
  app: { readonly appId: string; readonly version: string; readonly needsToken: boolean },
): Promise<BuiltProject> {
  const definition = JSON.stringify({ ...server, ...app })
  const code = `const IMPERAL_MCP_APP = ${definition};${await readFile(MODULE, 'utf8')}`
  const bundle = { code, map: JSON.stringify({ version: 3, sources: [], mappings: '' }), sources: [], notices: [] }
  const project = { root: process.cwd(), entry: `the app of ${server.url}` }
  const { extension, manifest: declared } = await loadExtension(project, bundle)
  const icon = Buffer.from(ICON)
  const manifest = { ...declared, icon_size_bytes: icon.length }
  return { project, appId: app.appId, version: app.version, extension, manifest, bundle, icon }
}

/** Address of the server that an app stands for; null: it stands for none. */
export function serverOf(manifest: unknown): string | null {
  const { config_defaults: defaults } = (manifest ?? {}) as { config_defaults?: Record<string, unknown> }
  const url = defaults?.[MCP_URL_SETTING]
  return typeof url === 'string' ? url : null
}
