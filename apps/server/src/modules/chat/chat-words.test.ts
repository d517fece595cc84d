import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { termsOf } from '../../foundation/words.ts'
import { type CatalogFunction, rankFunctions } from '../kernel/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Classification, validatePlan } from './plan/plan.ts'
import { resolveReferences, UnresolvedReference } from './plan/references.ts'
import { titleFor } from './title-for.ts'
import { extractParams } from './understand/extract-params.ts'
import { matchWithoutModel, subjectOf } from './understand/match.ts'
import { shortCircuit } from './understand/short-circuits.ts'

const fn = (
  appId: string,
  name: string,
  description: string,
  over: Partial<CatalogFunction> = {},
): CatalogFunction => ({
  appId,
  appName: appId,
  name,
  description,
  actionType: 'read',
  paramsSchema: { type: 'object', properties: {} },
  returnSchema: {},
  idProjection: '',
  effects: [],
  ownerChatTool: '',
  chainCallable: true,
  ...over,
})

const catalog = [
  fn('notes', 'create_note', 'Create a note with a title and Markdown text.', { actionType: 'write' }),
  fn('notes', 'list_notes', 'List the notes of a folder, newest first.'),
  fn('notes', 'delete_note', 'Delete one note for good.', { actionType: 'destructive' }),
  fn('tasks', 'add_task', 'Add a task to a list, with an optional due date.', { actionType: 'write' }),
  fn('tasks', 'list_tasks', 'List open tasks, those due first at the top.'),
]

test.each([
  ['show my notes', 'list_notes'],
  ['make a new note', 'create_note'],
  ['remove the note about taxes', 'delete_note'],
  ['which tasks are open', 'list_tasks'],
  ['add a todo', 'add_task'],
])('the matcher ranks "%s" to %s', (text, expected) => {
  expect(rankFunctions(catalog, text)[0]?.function.name).toBe(expected)
})

test('parameters come from quotes, numbers, dates and enumerations, and only from them', () => {
  const schema = {
    type: 'object',
    required: ['title'],
    properties: {
      title: { type: 'string' },
      limit: { type: 'integer' },
      due: { type: 'string', format: 'date' },
      priority: { type: 'string', enum: ['low', 'high'] },
    },
  }
  expect(extractParams(schema, 'add "Buy milk" with high priority until 2026-12-01, 3 times')).toEqual({
    params: { title: 'Buy milk', limit: 3, due: '2026-12-01', priority: 'high' },
    complete: true,
  })
  expect(extractParams(schema, 'add something').complete).toBe(false)
})

test('[2.9] a number belongs to the parameter that was named, or to the only one; times of day and guesses fill none', () => {
  const number = { type: 'integer' }
  const rule = { type: 'object', properties: { max_per_hour: number, cooldown_seconds: number } }
  expect(extractParams(rule, 'every morning at 8 tell me my tasks').params).toEqual({})
  expect(extractParams(rule, 'at 8:30 with max per hour: 3').params).toEqual({ max_per_hour: 3 })
  const deal = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, worth: number } }
  const odd = { type: 'object', properties: { '(': number, '(a+)+$': number, worth: number } }
  expect(extractParams(odd, `${'a'.repeat(200)} (: 4`).params).toEqual({ '(': 4 })
  const called = { names: ['add_deal'] }
  expect(extractParams(deal, 'add a deal Harbour worth 700', called).params).toEqual({ name: 'Harbour', worth: 700 })
  expect(extractParams(deal, 'add a deal "Harbour" 700', called).params).toEqual({ name: 'Harbour', worth: 700 })
})

describe('without a model', () => {
  const text = (over: object = {}) => ({ type: 'string', ...over })
  const greet = (name: object, required: string[] = []) =>
    fn('hello-world', 'greet', 'Greets somebody by name.', {
      paramsSchema: { type: 'object', properties: { name: name as never }, required },
    })
  const params = (said: string, functions: CatalogFunction[]) => {
    const match = matchWithoutModel(said, functions)
    return match.kind === 'run'
      ? ['run', match.plan.steps[0]?.args]
      : [match.items.map((one) => one.function), match.items[0]?.params]
  }

  test.each<[string, JsonObject]>([
    ['greet Ada', { name: 'Ada' }],
    ['Please greet my friend Ada!', { name: 'friend Ada' }],
    ['greet "Ada Lovelace" warmly', { name: 'Ada Lovelace' }],
    ['greet', {}],
  ])('[2.9] "%s" gives a single free text the words that are left, quoted ones first', (said, expected) => {
    expect(params(said, [greet(text({ default: 'World' }))])).toEqual(['run', expected])
  })

  test('[2.9] words that would be ignored, or that do not fit, open the form instead of running the default', () => {
    const offered = (entry: CatalogFunction, said: string) => params(said, [entry])
    expect(offered(greet(text({ default: 'World' })), 'somebody should greet Ada')).toEqual([['greet'], {}])
    expect(offered(greet(text({ default: 'World', maxLength: 2 })), 'greet Ada')).toEqual([['greet'], {}])
    expect(offered(greet(text(), ['name']), 'greet')).toEqual([['greet'], {}])
  })

  test('[2.9] a text beside a date takes the words without it; of two free texts none is guessed', () => {
    const add = (properties: JsonObject, required: string[]) =>
      fn('tasks', 'add_task', 'Add a task.', {
        actionType: 'write',
        paramsSchema: { type: 'object', properties, required },
      })
    const due = { type: 'string', format: 'date' }
    expect(params('add task call mom until 2026-12-01', [add({ title: text(), due }, ['title'])])).toEqual([
      ['add_task'],
      { title: 'call mom', due: '2026-12-01' },
    ])
    expect(params('add task call mom', [add({ title: text(), place: text() }, ['title', 'place'])])[1]).toEqual({})
    expect(
      params('list notes today', [
        fn('notes', 'list_notes', 'List.', { paramsSchema: { properties: { tag: text() } } }),
      ]),
    ).toEqual(['run', {}])
  })

  test('[2.9] whoever says the whole name of one function means it, however often others speak of its words', () => {
    const tasks = [
      fn('tasks', 'list_lists', 'List the task lists with the number of open tasks in each.'),
      fn('tasks', 'create_list', 'Create a list that tasks can belong to.', { actionType: 'write' }),
      ...catalog.filter(({ appId }) => appId === 'tasks'),
    ]
    const meant = (said: string) => {
      const match = matchWithoutModel(said, tasks)
      return match.kind === 'run' ? match.plan.steps[0]?.function.name : match.items.map((one) => one.function)
    }
    expect(meant('list my tasks')).toBe('list_tasks')
    expect(meant('list my lists')).toBe('list_lists')
    expect(meant('add a task to the list')).toEqual(expect.arrayContaining(['add_task']))
    expect(meant('list the tasks of all lists')).toEqual(expect.arrayContaining(['list_tasks', 'list_lists']))
  })

  test('[2.9] a function that clearly leads is offered alone, close ones as a list of at most five', () => {
    const described = greet(text(), ['name'])
    expect(params('greet', [...catalog, described])[0]).toEqual(['greet'])
    const similar = ['a', 'b', 'c', 'd', 'e', 'f'].map((app) =>
      fn(app, 'send_mail', 'Send a mail.', { actionType: 'write' }),
    )
    expect(params('send mail', similar)[0]).toHaveLength(5)
  })
})

test('[2.9] only a verb that fits is a weak match, what the message is about makes it one, and a verb alone is enough for a verb', () => {
  const write = { actionType: 'write' } as const
  const automate = fn('automations', 'create_automation', 'Makes a rule that runs by itself.', write)
  const isWeak = (said: string, functions: CatalogFunction[]) => {
    const match = matchWithoutModel(said, functions)
    return match.kind === 'pick' && match.isWeak
  }
  expect(isWeak('create a note', [automate])).toBe(true)
  expect(isWeak('create a note', [automate, fn('notes', 'create_note', 'Creates a note.', write)])).toBe(false)
  expect(isWeak('create an automation', [automate])).toBe(false)
  expect(isWeak('create a rule', [automate])).toBe(false)
  expect(isWeak('create something', [automate])).toBe(true)
  expect(isWeak('remember "Ada"', [fn('memory', 'remember', 'Remember a name.', write)])).toBe(false)
  expect(subjectOf('please create a new note "delete me"', [automate])).toEqual(['note'])
  expect(subjectOf('delete the note about Paris next Friday', [automate])).toEqual(termsOf('note Paris'))
})

test('[2.9] what only shares a verb or a word by chance is not offered beside what is meant, nor instead of it', () => {
  const offered = (said: string, functions: CatalogFunction[]) => {
    const match = matchWithoutModel(said, functions)
    return match.kind === 'pick' ? match.items.map((one) => one.function) : []
  }
  const suspend = fn('developer', 'suspend_app', 'Pause an app of yours; nobody can call it.')
  const automate = fn('automations', 'create_automation', 'Makes a rule: every day, or when something happens.')
  expect(offered('remind me tomorrow to call Anna', [suspend, automate])).toEqual([])
  expect(offered('delete the letter about Paris', [suspend, automate])).toEqual([])
  expect(offered('create a note', [automate, ...catalog])).toEqual(['create_note'])
})

test('[2.9] of two functions with one name, that of the app which is open comes first, and both are offered', () => {
  const write = { actionType: 'write' } as const
  const both = ['memory', 'my-agent'].map((app) => fn(app, 'remember', 'Remember a name.', write))
  const offered = (open: string | null) => {
    const match = matchWithoutModel('remember "Ada"', both, open)
    return match.kind === 'pick' ? match.items.map((one) => one.app_name) : []
  }
  expect(offered('my-agent')).toEqual(['my-agent', 'memory'])
  expect(offered('memory')).toEqual(['memory', 'my-agent'])
  expect(offered(null)).toHaveLength(2)
})

describe('what destroys, without a model', () => {
  const destructive = { actionType: 'destructive' } as const
  const write = { actionType: 'write' } as const
  const memory = [
    fn('memory', 'remember', 'Remember a fact about you.', write),
    fn('memory', 'forget_fact', 'Forget one fact that was remembered.', destructive),
    fn('memory', 'forget_all', 'Forget everything that was remembered about you.', destructive),
    fn('my-servers', 'restart_server', 'Restart a server; what it remembered is lost.', destructive),
  ]
  const offered = (said: string) => {
    const match = matchWithoutModel(said, [...catalog, ...memory])
    return match.kind === 'run' ? [match.plan.steps[0]?.function.name] : match.items.map((one) => one.function)
  }

  test.each([
    ['note that the wifi password is on the router', 'create_note'],
    ['remember "Ada"', 'remember'],
    ['remember "delete the note"', 'remember'],
    ["don't forget the note", 'create_note'],
    ['vergiss nicht die Notiz', 'create_note'],
    ['no olvides la nota', 'create_note'],
    ["n'oublie pas la note", 'create_note'],
    ['не забудь заметку', 'create_note'],
  ])('"%s" offers nothing that destroys', (said, expected) => {
    const functions = offered(said)
    expect(functions).toContain(expected)
    for (const one of ['delete_note', 'forget_fact', 'forget_all', 'restart_server'])
      expect(functions).not.toContain(one)
  })

  test.each([
    ['remove the note about taxes', 'delete_note'],
    ['lösche die Notiz', 'delete_note'],
    ['borra la nota', 'delete_note'],
    ['supprime la note', 'delete_note'],
    ['удали заметку', 'delete_note'],
    ['forget everything', 'forget_all'],
    ['restart the server', 'restart_server'],
  ])('"%s" offers what it asks for first', (said, expected) => {
    expect(offered(said)[0]).toBe(expected)
  })
})

test('[K2.26] references keep the type of a whole value, become text inside text, and never resolve to nothing', () => {
  const calls = [{ app_id: 'mail', function: 'list', data: { items: [{ id: 'm1' }, { id: 'm2' }], total: 2 } }]
  const sources = {
    calls,
    apps: ['mail'],
    limits: DEFAULT_LIMITS,
    turns: [[{ app_id: 'notes', function: 'create_note', data: { note_id: 'n9' } }]],
  }
  expect(
    resolveReferences(
      { a: '$REF:mail[0].items', b: 'total $REF:mail[0].total', c: '$REF:prior_turn[-1].notes.note_id' },
      sources,
    ),
  ).toEqual({
    a: [{ id: 'm1' }, { id: 'm2' }],
    b: 'total 2',
    c: 'n9',
  })
  expect(() => resolveReferences({ a: '$REF:mail[1].items' }, sources)).toThrow(UnresolvedReference)
  expect(() => resolveReferences({ a: '$REF:mail[0].__proto__' }, sources)).toThrow(UnresolvedReference)
  expect(() => resolveReferences({ a: Array(21).fill('$REF:mail[0].total') }, sources)).toThrow('at most 20')
})

test('a command names its function and its JSON; mistakes say what exists', () => {
  expect(shortCircuit({ text: '/notes.create_note {"title":"A"}', catalog })).toMatchObject({
    kind: 'command',
    args: { title: 'A' },
  })
  expect(shortCircuit({ text: '/notes.make', catalog })).toMatchObject({
    kind: 'bad_command',
    problem: { kind: 'no_function', known: expect.arrayContaining(['create_note']) },
  })
  expect(shortCircuit({ text: '/vault.open', catalog })).toMatchObject({
    kind: 'bad_command',
    problem: { kind: 'no_app', known: ['notes', 'tasks'] },
  })
  expect(shortCircuit({ text: '/notes.create_note [1]', catalog })).toMatchObject({ kind: 'bad_command' })
  expect(shortCircuit({ text: '/', catalog })).toMatchObject({ kind: 'bad_command' })
})

test.each([
  ['what is new?', 'what is new?'],
  ['/notes.create_note {"title":"Groceries","pinned":true}', 'Create note: Groceries'],
  ['/notes.list_notes', 'List notes'],
  ['/notes.create_note {"title":', 'Create note'],
  ['/', '/'],
])('a conversation that begins with “%s” is called “%s”', (text, title) => expect(titleFor(text)).toBe(title))

test('[K2.12] greetings and thanks never become calls', () => {
  expect(shortCircuit({ text: 'thanks!', catalog })).toMatchObject({ kind: 'acknowledgement' })
  expect(shortCircuit({ text: '👍', catalog })).toMatchObject({ kind: 'acknowledgement' })
  expect(shortCircuit({ text: 'hello there', catalog })).toMatchObject({ kind: 'greeting' })
  expect(shortCircuit({ text: 'what can you do?', catalog })).toMatchObject({ kind: 'capabilities' })
  expect(shortCircuit({ text: 'thanks, now delete the note', catalog })).toBeNull()
})

describe('[K2.12] in each language that the platform speaks by itself, a word of courtesy is no call, whatever was said before', () => {
  const hint = {
    last_app: 'notes',
    last_function: 'delete_note',
    referenced_ids: ['n1'],
    response_preview: 'Which note shall I delete?',
    pending_question: 'Which note shall I delete?',
  } as never // what a turn leaves for the next one
  test.each([
    ['hi there', 'greeting', 'en'],
    ['Hallo!', 'greeting', 'de'],
    ['Здравствуйте', 'greeting', 'ru'],
    ['¡Hola!', 'greeting', 'es'],
    ['bonjour', 'greeting', 'fr'],
    ['ciao', 'greeting', 'it'],
    ['olá', 'greeting', 'pt'],
    ['thank you', 'acknowledgement', 'en'],
    ['Danke!', 'acknowledgement', 'de'],
    ['tschüss', 'acknowledgement', 'de'],
    ['спасибо', 'acknowledgement', 'ru'],
    ['пока', 'acknowledgement', 'ru'],
    ['gracias', 'acknowledgement', 'es'],
    ['adiós', 'acknowledgement', 'es'],
    ['merci', 'acknowledgement', 'fr'],
    ['grazie', 'acknowledgement', 'it'],
    ['obrigada', 'acknowledgement', 'pt'],
  ])('%s', (text, kind, language) => {
    for (const before of [null, hint]) expect(shortCircuit({ text, catalog, hint: before })).toEqual({ kind, language })
  })
})

test('a plan with an unknown function names the known ones', () => {
  const proposal = (tool: string, args = '{}') =>
    Classification.parse({
      intent: 'read',
      confidence: 0.9,
      language: 'en',
      action_plans: [{ id: 's1', tool, args, depends_on: [] }],
      question: null,
      refusal: null,
    })
  expect(validatePlan(proposal('notes.list_notes'), catalog, { limits: DEFAULT_LIMITS })).toMatchObject({
    steps: [{ stepId: 's1' }],
  })
  expect(validatePlan(proposal('notes__list_notes'), catalog, { limits: DEFAULT_LIMITS })).toMatchObject({
    steps: [{ stepId: 's1' }],
  })
  expect(validatePlan(proposal('notes.nope'), catalog, { limits: DEFAULT_LIMITS })).toMatchObject({
    code: 'UNKNOWN_SUB_FUNCTION',
    message: expect.stringContaining('list_notes'),
  })
  expect(validatePlan(proposal('mail.list'), catalog, { limits: DEFAULT_LIMITS })).toMatchObject({
    code: 'UNKNOWN_TOOL',
  })
  expect(validatePlan(proposal('notes.list_notes', '[1]'), catalog, { limits: DEFAULT_LIMITS })).toMatchObject({
    code: 'VALIDATION_TYPE_ERROR',
  })
})
