import type { JsonObject } from '@imperal/contract'
import type { PlatformError } from '../../../foundation/errors.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import { isModelFailure } from '../../llm/index.ts'
import { type Plan, planOf } from '../plan/plan.ts'
import { labelOf } from '../truth/render.ts'
import { chooseCandidates } from '../understand/candidates.ts'
import { classify, type Understanding } from '../understand/classify.ts'
import { matchWithoutModel, pickItem, subjectOf } from '../understand/match.ts'
import { type CommandProblem, type ShortCircuit, shortCircuit } from '../understand/short-circuits.ts'
import { phrase } from '../words/phrases.ts'
import { carryOut, classifying, ended, type Planning, suspectOf, type TurnEnd } from './carry-out.ts'
import { missing, plannerWords } from './planner-words.ts'
import { resolveContext } from './resolve-context.ts'
import { talk } from './talk.ts'
import type { TurnHold } from './turn-record.ts'
import type { Offer, TurnContext, TurnTools, TurnVoice } from './turn-tools.ts'

// Of one app, and of all together as far as each still shows a few.
const MOST_CHOICES = 12
const MOST_OF_ALL = 42
const FEWEST_CHOICES = 3

function capabilities(catalog: readonly CatalogFunction[], language: string | null): string {
  if (catalog.length === 0) return phrase('no_apps', language)
  const apps = Map.groupBy(catalog, (entry) => entry.appName)
  const most = Math.max(FEWEST_CHOICES, Math.min(MOST_CHOICES, Math.floor(MOST_OF_ALL / apps.size)))
  return [...apps]
    .map(([name, entries]) => {
      const shown = entries.slice(0, most).map((entry) => `- ${entry.description}`)
      const left = entries.length - shown.length
      return [`**${name}**`, ...shown, ...(left > 0 ? [phrase('more_items', language, { count: left })] : [])].join(
        '\n',
      )
    })
    .join('\n\n')
}

/** Keeps the plan before anything of it runs: whoever goes on after a crash asks no model again (K1.3). */
async function start(context: TurnContext, plan: Plan, options: Planning & { language: string }): Promise<TurnEnd> {
  await context.progress.move({
    state: 'PLANNED',
    plan: plan as unknown as JsonObject, // plain data
    language: options.language,
  })
  return carryOut(context, plan, options)
}

const nearOf = ({ hold, session }: TurnContext): string[] => {
  const { openApp } = hold.request
  const last = session.isFresh ? (session.hint?.last_app ?? null) : null
  return [openApp, last].flatMap((app) => app ?? [])
}

async function planningOf(context: TurnContext): Promise<Planning> {
  const { history, catalog, text, tools } = context
  const recent = history
    .slice(-4)
    .map((entry) => entry.text)
    .join(' ')
    .slice(0, 400)
  const functions = await chooseCandidates({
    catalog,
    text,
    recent,
    near: nearOf(context),
    vectors: tools.vectors,
    onFailure: (error) => tools.log.warn({ err: error }, 'functions were searched by words alone'),
  })
  return { functions, openApp: context.hold.request.openApp }
}

// An app is named when it speaks of this share of what the message is about. Without a model nobody knows whether
// something was asked for at all: "have a nice day" is no reason to name a day planner.
const SHARE = 0.3
const SHARE_WITHOUT_MODEL = 0.5

/** Apps of the marketplace for what a message is about; a marketplace that cannot be read offers none. */
async function offeredApps({ tools, catalog, text, user }: TurnContext, share = SHARE): Promise<readonly Offer[]> {
  const subject = subjectOf(text, catalog)
  if (subject.length === 0) return []
  try {
    const offers = await tools.offers(user, subject)
    return offers.filter(({ about }) => about.length >= subject.length * share)
  } catch (error) {
    tools.log.warn({ err: error }, 'the marketplace was not searched')
    return []
  }
}

// The name is its author's: in a link it is words and no markup.
const linkTo = ({ appId, name }: Offer): string =>
  `[${name.replaceAll(/[\\`*_[\]<>]/g, String.raw`\$&`)}](/marketplace/${appId})`

const inMarketplace = (apps: readonly Offer[], language: string): string =>
  phrase('in_marketplace', language, { apps: apps.map(linkTo).join(', ') })

async function withoutModel(context: TurnContext, notice: string): Promise<TurnEnd> {
  const { catalog, text } = context
  const language = context.language ?? 'en'
  const match = matchWithoutModel(text, catalog, context.hold.request.openApp)
  const withNotice = (sentence: string) => [notice, sentence].filter((part) => part !== '').join(' ')
  if (match.kind === 'run')
    return start({ ...context, hasModel: false }, match.plan, { functions: [], openApp: null, language })
  const apps = match.isWeak ? await offeredApps(context, SHARE_WITHOUT_MODEL) : []
  if (apps.length > 0) return ended(withNotice(inMarketplace(apps, language)), { type: 'navigate', language })
  if (match.items.length === 0) return ended(withNotice(phrase('nothing_fits', language)), { language })
  const question = phrase(match.items.length === 1 ? 'is_this_it' : 'which_one', language)
  return ended(withNotice(question), { type: 'pick_list', pickList: match.items, language })
}

/** A command that leaves out what its function needs becomes a form that holds what it says. */
const lacks = ({ paramsSchema }: CatalogFunction, args: JsonObject): boolean =>
  Array.isArray(paramsSchema.required) && paramsSchema.required.some((name) => !Object.hasOwn(args, String(name)))

const EXAMPLE = '{"title": "Groceries"}'

function wrongCommand(problem: CommandProblem, language: string | null): string {
  switch (problem.kind) {
    case 'shape':
      return phrase('command.shape', language, { example: EXAMPLE })
    case 'arguments':
      return phrase('command.arguments', language, { command: problem.command, example: EXAMPLE })
    case 'no_function':
      return phrase('command.no_function', language, { command: problem.command, known: problem.known.join(', ') })
    case 'no_app':
      return [
        phrase('command.no_app', language, { command: problem.command }),
        problem.known.length === 0 ? phrase('no_apps', language) : problem.known.join(', '),
      ].join(' ')
  }
}

async function answerShort(found: ShortCircuit, context: TurnContext): Promise<TurnEnd | null> {
  const { catalog, tools, user } = context
  const inLanguage = (language: string | null) => language ?? context.language
  switch (found.kind) {
    case 'capabilities':
      return ended(capabilities(catalog, inLanguage(found.language)), {
        type: 'navigate',
        language: inLanguage(found.language),
      })
    case 'acknowledgement':
      return ended(phrase('welcome', inLanguage(found.language)), {
        type: 'navigate',
        language: inLanguage(found.language),
      })
    case 'greeting':
      return ended(phrase('hello', found.language), { type: 'navigate', language: found.language })
    case 'bad_command':
      return ended(wrongCommand(found.problem, inLanguage(null)), { type: 'error', language: inLanguage(null) })
    case 'decide': {
      // The turn that waits for the card tells what came of it.
      const { status } = await tools.kernel.decide(user, found.confirmationId, found.decision, 'chat')
      return ended(phrase(status === 'cancelled' ? 'stopped' : 'welcome', found.language), {
        type: 'navigate',
        language: found.language,
      })
    }
    case 'command':
      if (lacks(found.function, found.args))
        return ended(phrase('is_this_it', inLanguage(null)), {
          type: 'pick_list',
          pickList: [pickItem(found.function, found.args)],
          language: inLanguage(null),
        })
      return start({ ...context, hasModel: false }, planOf(found.function, found.args, true), {
        functions: [],
        openApp: null,
        language: context.language ?? 'en',
      })
    case 'follow_up':
      return null
  }
}

async function answer(found: Understanding, context: TurnContext, planning: Planning): Promise<TurnEnd> {
  const language = found.language ?? context.language ?? 'en'
  switch (found.kind) {
    case 'plan': {
      const suspect = suspectOf(context, found.plan.steps)
      if (suspect === null) return start(context, found.plan, { ...planning, language })
      context.voice.count('consent_missing')
      return ended(phrase('consent', language, { what: `“${labelOf({ step: suspect })}”` }), { language })
    }
    case 'talk':
      return ended(await talk(context, language), { type: 'navigate', language })
    case 'ask':
      return ended(plannerWords(context, found.text) ?? phrase('unclear', language), { language })
    case 'missing':
      return ended(missing(context, found.fields, language), { language })
    case 'refuse': {
      const { reason, user_message, next_steps = [] } = found.refusal
      const own = plannerWords(context, user_message) ?? ''
      const next = next_steps.flatMap((step) => plannerWords(context, step) ?? [])
      const apps = reason === 'tool_unavailable' ? await offeredApps(context) : []
      const fixed = apps.length > 0 ? inMarketplace(apps, language) : phrase(`refusal.${reason}`, language)
      const text = own === '' || reason === 'tool_unavailable' ? fixed : own
      const words = own !== '' && reason === 'tool_unavailable' ? `${own}\n\n${text}` : text
      return ended([words, ...next.map((step) => `- ${step}`)].join('\n'), { language, state: 'REFUSED' })
    }
    case 'unclear':
      return withoutModel({ ...context, language }, '')
  }
}

/** Why the answer is matched by words alone: a budget that is used up is no outage, whenever in the turn it ends. */
const whyWithout = (error: unknown): 'model_budget' | 'model_unavailable' =>
  (error as PlatformError).code === 'LLM_BUDGET_SPENT' ? 'model_budget' : 'model_unavailable'

async function understand(context: TurnContext, text: string): Promise<TurnEnd> {
  const { voice, tools } = context
  voice.status(phrase('thinking', context.language))
  const meant = { ...context, text }
  const planning = await planningOf(meant)
  await context.progress.move({ state: 'RESOLVED' })
  let found: Understanding
  try {
    found = await classify(classifying(meant, planning))
  } catch (error) {
    if (voice.signal.aborted || !isModelFailure(error)) throw error
    tools.log.warn({ err: error }, 'the model failed, matching without it')
    return withoutModel(context, phrase(whyWithout(error), context.language))
  }
  await context.progress.move({ state: 'CLASSIFIED', language: found.language ?? 'en' })
  try {
    return await answer(found, meant, planning)
  } catch (error) {
    if (voice.signal.aborted || !isModelFailure(error)) throw error
    tools.log.warn({ err: error }, 'the model failed while it answered')
    const language = found.language ?? context.language
    return withoutModel({ ...context, language }, phrase(whyWithout(error), language))
  }
}

/**
 * One turn, from where it stands to its end or to its next card (kernel 1.2, 1.3). Failures that a person can cause are told
 * honestly (K1.6); what throws is the platform's own, or the turn was lost or stopped.
 */
export async function runTurn(hold: TurnHold, tools: TurnTools, voice: TurnVoice): Promise<TurnEnd> {
  const context = await resolveContext(hold, tools, voice)
  if (hold.plan !== null) {
    const plan = hold.plan as unknown as Plan // written by `start` only
    const planning = await planningOf(context)
    return carryOut({ ...context, hasModel: context.hasModel && plan.model !== undefined }, plan, {
      ...planning,
      language: hold.language ?? context.language ?? 'en',
    })
  }
  return begin(context)
}

/** A turn from its beginning: what needs no model, then what does. */
export async function begin(context: TurnContext): Promise<TurnEnd> {
  const short = shortCircuit({
    text: context.text,
    catalog: context.catalog,
    surface: context.hold.request.surface,
    pending: context.pending.filter((card) => card.source === 'chat' && card.kind === 'action'),
    hint: context.session.isFresh ? context.session.hint : null,
  })
  if (short !== null) {
    const end = await answerShort(short, context)
    if (end !== null) return end
  }
  const text = short?.kind === 'follow_up' ? `${short.question}\n${context.text}` : context.text
  if (!context.hasModel) return withoutModel({ ...context, text }, '')
  return understand(context, text)
}
