import path from 'node:path'
import { validateUpload } from '@imperal/validators'
import type { MountedRoute } from '../foundation/http/index.ts'
import { tidyMails } from '../foundation/mail/index.ts'
import { describeSettings, modelOf, VERSION } from '../foundation/start/index.ts'
import {
  type Admin,
  appsCheck,
  databaseCheck,
  diskCheck,
  eventsCheck,
  hostsCheck,
  isolationCheck,
  keysCheck,
  mailCheck,
  modelCheck,
  nodesCheck,
  openAdmin,
  readDatabaseFacts,
  readDeadEvents,
  readRefusedModels,
  readUnwellApps,
  runtimeCheck,
  settingsCheck,
} from '../modules/admin/index.ts'
import { type Automations, openAutomations } from '../modules/automations/index.ts'
import { billingMails } from '../modules/billing/index.ts'
import {
  type Attachments,
  answerOnce,
  type Chat,
  type ChatOptions,
  guarded,
  nameOfAssistant,
  openAttachments,
  openChat,
} from '../modules/chat/index.ts'
import { type Coding, openCoding } from '../modules/coding/index.ts'
import { type Developer, openDeveloper, reviewMails } from '../modules/developer/index.ts'
import { isBelow } from '../modules/hosts/index.ts'
import { identityMails } from '../modules/identity/index.ts'
import { declaredAutomations, type Ir, openIr } from '../modules/ir/index.ts'
import { type Mailbox, openMailbox } from '../modules/mailbox/index.ts'
import { type Marketplace, openMarketplace } from '../modules/marketplace/index.ts'
import { type Mcp, openMcp } from '../modules/mcp/index.ts'
import { notificationMails } from '../modules/notifications/index.ts'
import { openServiceRoutes } from '../modules/services/index.ts'
import { forgetFiles } from '../modules/storage/index.ts'
import { forgetDocuments } from '../modules/store/index.ts'
import { keepContent } from './keep-content.ts'
import { offerApps } from './offer-apps.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'
import type { Core } from './open-kernel.ts'
import { tellAdministrators } from './tell-administrators.ts'
import { limitsOfTenant } from './tenant-tuning.ts'

const TIDY_MAILS_SECONDS = 86_400
const KEEP_CONTENT_SECONDS = 3_600

/** Layer 5: what people come for. */
export interface Services {
  readonly chat: Chat
  readonly developer: Developer
  readonly marketplace: Marketplace
  readonly automations: Automations
  readonly admin: Admin
  readonly ir: Ir
  readonly mcp: Mcp
  /** What services of the platform may ask for in the name of users. */
  readonly forServices: { readonly routes: readonly MountedRoute[] }
  readonly mailbox: Mailbox
  readonly coding: Coding
}

const attachmentsOf = ({ db }: Ground, storage: Facts['storage']): Attachments => openAttachments({ db, storage })

const assistantOf = ({ settings }: Ground) => ({
  name: settings.IMPERAL_ASSISTANT_NAME,
  rules: settings.IMPERAL_ASSISTANT_RULES ?? '',
})

const assistantTools = (ground: Ground, { outbox, identity, registry, storage }: Facts, core: Core): ChatOptions => ({
  ...ground,
  ...core,
  outbox,
  now: ground.clock.iso,
  skeletons: core.kernel.facts,
  offers: offerApps({ registry, identity }),
  assistantName: nameOfAssistant(assistantOf(ground), ground.log),
  llm: guarded(core.llm, { identity: assistantOf(ground), log: ground.log }),
  vectors: core.vectors,
  attachments: attachmentsOf(ground, storage),
  limits: async ({ tenantId }) =>
    limitsOfTenant(await core.llm.assistantLimits(), (await identity.tenant(tenantId))?.defaults ?? {}),
  adoptTimezone: (user, zone) => identity.adoptTimezone(user.tenantId, user.userId, zone),
  settingsOf: async (user) => {
    const settings = await identity.settings(user.tenantId, user.userId)
    return { timezone: settings.timezone ?? 'UTC', language: settings.language }
  },
})

function openAssistant(ground: Ground, facts: Facts, core: Core): Chat {
  const chat = openChat(assistantTools(ground, facts, core))
  core.speakThrough(chat)
  core.showWork(chat.work)
  ground.closing.add(() => chat.close())
  return chat
}

/** Rules, whose words are understood as those of the chat, and which speak in it. */
function openRules(ground: Ground, facts: Facts, core: Core, chat: Chat): Automations {
  const timezoneOf = async (user: { tenantId: string; userId: string }) =>
    (await facts.identity.settings(user.tenantId, user.userId)).timezone ?? 'UTC'
  const automations = openAutomations({
    ...ground,
    ...facts,
    ...core,
    background: ground.settings.IMPERAL_ROLES.includes('worker'),
    declared: (appId) => declaredAutomations(facts.registry, appId),
    understand: async (owner, request) =>
      answerOnce(
        assistantTools(ground, facts, core),
        { ...owner, limitedTo: request.intent.limitedTo },
        { ...request, timezone: await timezoneOf(owner) },
      ),
    say: async (owner, { text, messageId }) => {
      await chat.sayOnce(owner, 'default', { text, messageId, type: 'system', status: 'done' })
    },
  })
  core.showWork(automations.work)
  ground.closing.add(() => automations.close())
  return automations
}

/** Coding sessions of terminals. */
function openTerminals(ground: Ground, facts: Facts, core: Core): Coding {
  const coding = openCoding({
    ...ground,
    ...facts,
    ...core,
    assistantName: nameOfAssistant(assistantOf(ground), ground.log),
    publicUrl: ground.settings.publicUrl,
    limits: () => core.llm.assistantLimits(),
    modelOfTier: (tier) => core.llm.modelOfTier(tier),
  })
  ground.closing.add(() => coding.close())
  return coding
}

function openDoctor(
  { settings, db, dataDir, dataKeys, databaseSource, clock }: Ground,
  { hosts, kernel }: Core,
): Admin {
  return openAdmin({
    now: clock.iso,
    checks: [
      runtimeCheck(VERSION),
      databaseCheck(databaseSource, () => readDatabaseFacts(db)),
      nodesCheck(() => kernel.nodes()),
      eventsCheck(() => readDeadEvents(db)),
      appsCheck(() => readUnwellApps(db)),
      keysCheck(() => dataKeys.facts()),
      diskCheck(dataDir),
      isolationCheck(() => {
        const { level, why, advice, ...details } = hosts.isolation()
        const minimum = settings.IMPERAL_MINIMUM_ISOLATION
        return { level, why, advice, minimum, details: JSON.parse(JSON.stringify(details)) }
      }),
      hostsCheck(() => hosts.status().map((host) => ({ ...host }))),
      modelCheck(modelOf(settings), () => readRefusedModels(db)),
      mailCheck(settings.SMTP_URL !== undefined, path.join(dataDir, 'mail')),
      settingsCheck(describeSettings(settings)),
    ],
  })
}

export function openServices(ground: Ground, facts: Facts, core: Core): Services {
  const { settings, closing } = ground
  const { kernel, hosts } = core
  const developer = openDeveloper({
    ...ground,
    ...facts,
    hosts: {
      drain: hosts.drain,
      describe: (artefact) => {
        const { level } = hosts.isolation()
        const minimum = settings.IMPERAL_MINIMUM_ISOLATION
        // Looking at the code of others means running it.
        if (isBelow(level, minimum))
          throw new Error(`This machine isolates apps at the level ${level}; its operator wants ${minimum}.`)
        return hosts.describe(artefact)
      },
    },
    analyse: kernel.analyse,
    tellAdministrators: tellAdministrators(ground, facts),
    validate: async (manifest, { iconSvg }) => validateUpload(manifest, { icon: iconSvg }),
    appLimitFactor: ground.limitFactor,
    packagesFolder: path.join(settings.checkout, '.imperal-build/packages'),
    publicUrl: settings.publicUrl,
  })
  closing.add(() => developer.close())
  const ir = openIr({ ...ground, ...facts, developer, limits: settings.IMPERAL_IR_LIMITS })
  core.noteRunsWith(ir.note)
  closing.add(() => ir.close())
  const marketplace = openMarketplace({
    ...ground,
    ...facts,
    publicUrl: settings.publicUrl,
    runsHooks: settings.IMPERAL_ROLES.includes('worker'),
    developers: developer,
    catalog: kernel.catalog,
    usesOf: kernel.usesOf,
    usesByApp: kernel.usesByApp,
    nicknamesOf: facts.identity.nicknamesOf,
    lifecycle: {
      runHook: kernel.lifecycle,
      settleHook: kernel.settleStep,
      ensureSkeletons: async (user) => kernel.present(user),
      dropSkeletons: (user, appId) => facts.state.skeletonDrop({ ...user, appId }),
      forgetData: async (user, appId) => {
        await facts.state.cacheDrop({ ...user, appId })
        await facts.secrets.forgetApp({ ...user, appId })
      },
      purgeData: async (user, appId) => {
        await forgetDocuments(ground.db, { ...user, appId })
        await forgetFiles(ground.db, { ...user, appId })
      },
    },
  })
  closing.add(() => marketplace.close())
  const chat = openAssistant(ground, facts, core)
  const automations = openRules(ground, facts, core, chat)
  const mcp = openMcp({
    ...ground,
    ...facts,
    kernel,
    publicUrl: settings.publicUrl,
    origins: settings.origins,
    version: VERSION,
  })
  closing.add(() => mcp.close())
  const mailbox = openMailbox({ ...ground, ...facts, egress: core.egress })
  closing.add(() => mailbox.close())
  const coding = openTerminals(ground, facts, core)
  const { publicUrl } = settings
  const mailCases = [
    ...identityMails(publicUrl),
    ...billingMails(publicUrl),
    ...reviewMails(publicUrl),
    ...notificationMails(publicUrl),
  ]
  const forServices = openServiceRoutes({
    ...ground,
    ...facts,
    requireUser: settings.IMPERAL_STORE_REQUIRE_USER,
    llm: core.llm,
    deliver: chat.deliver,
    mailCases,
  })
  ground.jobs.upkeep('content', KEEP_CONTENT_SECONDS, () => keepContent({ ...ground, identity: facts.identity }))
  ground.jobs.upkeep('mails', TIDY_MAILS_SECONDS, () => tidyMails(ground.db, ground.clock.iso()))
  const admin = openDoctor(ground, core)
  return { chat, developer, marketplace, automations, ir, mcp, mailbox, coding, forServices, admin }
}
