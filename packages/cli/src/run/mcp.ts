import { ApiError, type Client } from '@imperal/client'
import { developer } from '@imperal/contract'
import type { McpOptions } from '../commands/mcp.ts'
import type { Run } from '../define-command.ts'
import { deployOnce } from '../dev/deploy-once.ts'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { appIdOf, buildServerApp, type DescribedServer, lookAtServer, serverOf } from '../mcp/server-app.ts'
import { apiAddress } from '../platform/api-address.ts'
import { confirm } from '../platform/confirm.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession, type Session } from '../platform/session.ts'

const FIRST = '1.0.0'

/** Names of parameters that carry a credential: `?key=`, `?api_key=`, `?access-token=`, … */
const CREDENTIAL =
  /(?:^|[-_.])(?:api-?)?(?:key|token|secret|password|passwd|pwd|auth|authorization|signature|sig|jwt|bearer|credentials?)$|apikey|accesstoken/i

/** The address is a setting of the app, which everybody who has it can read. @throws CliFailure */
function refuseCredentials(url: URL): void {
  const named = [...url.searchParams.keys()].find((name) => CREDENTIAL.test(name))
  const isUser = url.username !== '' || url.password !== ''
  if (named === undefined && !isUser) return
  throw new CliFailure(
    `The address holds a credential (${named === undefined ? 'a name in front of the @' : `the parameter '${named}'`}). It would be stored in plain text and shown to everybody who installs the app.`,
    {
      hint: 'Leave it out of the address and put it into IMPERAL_MCP_TOKEN: the server gets it as `Authorization: Bearer …`, and the platform asks each user for a token of their own and keeps it in the vault.',
    },
  )
}

function addressOf(target: string | undefined): string {
  if (target !== undefined && /^https?:\/\//.test(target) && URL.canParse(target)) {
    const url = new URL(target)
    refuseCredentials(url)
    return url.href
  }
  throw new CliFailure(target === undefined ? 'Which server?' : `'${target}' is no web address.`, {
    hint: 'Say `imperal mcp add https://mcp.example.com/mcp`.',
  })
}

/** The own app of this id in full; null when there is none. */
async function ownApp(client: Client, appId: string) {
  try {
    const app = await client.send(developer.getApp, { params: { app_id: appId } })
    return app.owner ? app : null
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}

/** Tools that a server gained or lost come as a new version. */
const next = (version: string | null): string => {
  const [major = 1, minor = 0, patch = 0] = (version ?? '').split('.').map(Number)
  return version === null ? FIRST : `${major}.${minor}.${patch + 1}`
}

const toolsOf = (count: number): string => `${count} tool${count === 1 ? '' : 's'}`

function show(io: Io, server: DescribedServer): void {
  io.out(`${server.name} at ${server.url} offers ${toolsOf(server.tools.length)}:`)
  for (const { name, actionType } of server.tools)
    io.out(`  ${name}${actionType === 'read' ? '' : actionType === 'write' ? ' (writes)' : ' (asks before it runs)'}`)
}

async function add(
  session: Session,
  io: Io,
  target: string | undefined,
  options: { app?: string | undefined; yes: boolean },
) {
  const url = addressOf(target)
  const token = io.env.IMPERAL_MCP_TOKEN || null
  const server = await lookAtServer(url, token)
  show(io, server)
  const appId = appIdOf(server, options.app)
  const before = await ownApp(session.client, appId)
  if (before !== null && serverOf(before.manifest_json) === null && before.version !== null)
    throw new CliFailure(`Your app '${appId}' is no MCP server.`, { hint: 'Choose another id with --app.' })
  const built = await buildServerApp(server, {
    ...{ appId, version: next(before?.version ?? null) },
    needsToken: token !== null,
  })
  await ensureApp(session.client, io, built, options.yes)
  await deployOnce(session, built, { io, changelog: `Tools of ${url}.` })
  if (token !== null) io.out(`Enter your token for it at ${session.api}/ext/${appId}/secrets: it stays in the vault.`)
}

async function list({ client }: Session, io: Io): Promise<void> {
  const apps = await client.send(developer.listApps)
  let shown = 0
  for (const { app_id: appId } of apps) {
    const app = await ownApp(client, appId)
    const url = serverOf(app?.manifest_json)
    if (app === null || url === null) continue
    shown += 1
    io.out(`${appId} v${app.version} (${app.status}): ${toolsOf(app.tools_json.length)} of ${url}`)
  }
  if (shown === 0) io.out('None of your apps is an MCP server. Add one with `imperal mcp add <url>`.')
}

async function remove({ client }: Session, io: Io, target: string | undefined, yes: boolean): Promise<void> {
  if (target === undefined) throw new CliFailure('Which app?', { hint: '`imperal mcp list` names them.' })
  const app = await ownApp(client, target)
  if (app === null || serverOf(app.manifest_json) === null)
    throw new CliFailure(`You have no MCP server '${target}'.`, {
      hint: '`imperal mcp list` names those that you have.',
    })
  if (app.status === 'pending_review')
    throw new CliFailure(`'${target}' waits for a review and cannot be removed meanwhile.`, {
      hint: 'Ask an administrator to turn it down (Admin, Review queue), and remove it then.',
    })
  await confirm(io, `Remove '${target}' for everybody who has it?`, yes)
  const params = { app_id: target }
  if (app.status === 'active') await client.send(developer.suspend, { params })
  await client.send(developer.deleteApp, { params, body: { confirm_name: target } })
  io.out(`Removed ${target}.`)
}

export const run: Run<typeof McpOptions> = async ({ args: [action = '', target], options }, io) => {
  if (!['add', 'list', 'remove'].includes(action))
    throw new CliFailure(`There is no action "${action}".`, {
      hint: 'Say `mcp add <url>`, `mcp list` or `mcp remove <app>`.',
    })
  if (action === 'add') addressOf(target)
  const session = await openSession(io, apiAddress(io, options.api))
  if (action === 'add') await add(session, io, target, options)
  else if (action === 'list') await list(session, io)
  else await remove(session, io, target, options.yes)
  return 0
}
