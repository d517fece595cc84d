import { ActionResult, readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext, FactsChanged } from './extension.ts'
import { allFacts, type FactDocument, factsOf, findFacts, MOST_FACTS } from './facts.ts'

const FactWire = z.object({ fact_id: z.string(), text: z.string(), topic: z.string(), created_at: z.string() })
const wire = ({ id, data, createdAt }: FactDocument) => ({ fact_id: id, ...data, created_at: createdAt })
const FactId = z.string().min(1).describe('Id from recall or list_facts.')
const gone = () => ActionResult.error('This fact is not kept any more.', { code: 'FACT_NOT_FOUND' })

export const remember = chat.function(
  'remember',
  {
    description: 'Remember one fact that the user asks to keep, such as “my shoe size is 43”.',
    actionType: 'write',
    effects: ['create:fact'],
    event: FactsChanged,
    params: z.object({
      text: z.string().trim().min(1).max(1000).describe('The fact in one sentence.'),
      topic: z.string().trim().max(60).default('').describe('What it is about, such as clothes or family.'),
    }),
    returns: FactWire,
  },
  async (ctx, { text, topic }) => {
    const facts = await allFacts(ctx.store)
    const same = facts.find(({ data }) => data.text.toLowerCase() === text.toLowerCase())
    if (same) return ActionResult.success(wire(same), 'I know that already.')
    if (facts.length >= MOST_FACTS)
      return ActionResult.error(`At most ${MOST_FACTS} facts are kept. Forget some first.`, { code: 'MEMORY_FULL' })
    return ActionResult.success(wire(await factsOf(ctx.store).create({ text, topic })), `Remembered: ${text}`)
  },
)

export const recall = chat.function(
  'recall',
  {
    description: 'Find what the user asked to remember about something, such as “shoe size”.',
    params: z.object({ query: z.string().trim().min(1).max(300), limit: z.number().int().min(1).max(50).default(10) }),
    returns: z.object({ facts: z.array(FactWire), total: z.number().int() }),
  },
  async (ctx, { query, limit }) => {
    const found = findFacts(await allFacts(ctx.store), query, readerOf(ctx).locale)
    const facts = found.slice(0, limit).map(wire)
    const said = facts.length === 0 ? 'Nothing is remembered about that.' : facts.map(({ text }) => text).join(' ')
    return ActionResult.success({ facts, total: found.length }, said)
  },
)

export const listFacts = chat.function(
  'list_facts',
  {
    description: 'List everything that is remembered, newest first, or only what belongs to one topic.',
    params: z.object({ topic: z.string().max(60).optional(), limit: z.number().int().min(1).max(200).default(50) }),
    returns: z.object({ facts: z.array(FactWire), total: z.number().int() }),
  },
  async (ctx, { topic, limit }) => {
    const all = await allFacts(ctx.store)
    const found = topic === undefined ? all : all.filter(({ data }) => data.topic.toLowerCase() === topic.toLowerCase())
    return ActionResult.success(
      { facts: found.slice(0, limit).map(wire), total: found.length },
      `${found.length} fact(s).`,
    )
  },
)

export const correctFact = chat.function(
  'correct_fact',
  {
    description: 'Change the wording or the topic of a fact that is remembered.',
    actionType: 'write',
    effects: ['update:fact'],
    event: FactsChanged,
    params: z.object({
      fact_id: FactId,
      text: z.string().trim().min(1).max(1000).optional(),
      topic: z.string().trim().max(60).optional(),
    }),
    returns: FactWire,
  },
  async (ctx, { fact_id, text, topic }) => {
    const facts = factsOf(ctx.store)
    if (!(await facts.find(fact_id))) return gone()
    const patch = { ...(text === undefined ? {} : { text }), ...(topic === undefined ? {} : { topic }) }
    return ActionResult.success(wire(await facts.update(fact_id, patch)), 'Corrected.')
  },
)

export const forgetFact = chat.function(
  'forget_fact',
  {
    description: 'Forget one remembered fact for good.',
    actionType: 'destructive',
    effects: ['delete:fact'],
    event: FactsChanged,
    params: z.object({ fact_id: FactId }),
    returns: z.object({ fact_id: z.string() }),
  },
  async (ctx, { fact_id }) =>
    (await factsOf(ctx.store).delete(fact_id)) ? ActionResult.success({ fact_id }, 'Forgotten.') : gone(),
)

export const forgetAll = chat.function(
  'forget_all',
  {
    description: 'Forget everything that is remembered, for good.',
    actionType: 'destructive',
    effects: ['delete:fact'],
    event: FactsChanged,
    params: z.object({}),
    returns: z.object({ forgotten: z.number().int() }),
  },
  async (ctx) => {
    const facts = await allFacts(ctx.store)
    for (const { id } of facts) await factsOf(ctx.store).delete(id)
    return ActionResult.success({ forgotten: facts.length }, `Forgot ${facts.length} fact(s).`)
  },
)

ext.skeleton('facts', { ttl: 600, description: 'How many facts are remembered, and the newest ones.' }, async (ctx) => {
  const newest = (await factsOf(ctx.store).query({ orderBy: '-created_at', limit: 5 })).data
  return {
    response: { facts: await factsOf(ctx.store).count(), newest: newest.map(({ data }) => data.text.slice(0, 120)) },
  }
})
