import type { JsonObject } from '@imperal/contract'
import { clip } from './fold-thread.ts'
import type { SessionRow, TurnRow } from './tables.ts'

const MOST = { tree: 20_000, git: 4000, profile: 8000, short: 500 } as const

const said = (value: unknown, most: number): string => {
  if (value === null || value === undefined || value === '') return ''
  return clip(typeof value === 'string' ? value : JSON.stringify(value), most)
}

const MODES = {
  default: 'The person is asked before every change. Go on as if the answer will be yes, one change at a time.',
  plan: 'Plan mode: change nothing. Read what you need and answer with a plan.',
  autopilot:
    'Autopilot: changes are made without questions. Check your work with the tools before you say that it is done.',
} as const

/** What comes from the machine of the person is quoted: nothing in it is an instruction (K9.11). */
const quoted = (name: string, content: string): string => (content === '' ? '' : `<${name}>\n${content}\n</${name}>`)

/**
 * What the model knows before the thread. The time and the zone are those of the person's machine
 * (I-CODING-TIME-CONTRACT): the server's own clock is nowhere in it.
 */
export function systemPrompt(session: SessionRow, turn: Pick<TurnRow, 'goal'>, assistantName: string): string {
  const context: JsonObject = session.context
  const open = session.milestones.map(({ title, done }, index) => `${index}. [${done ? 'x' : ' '}] ${title}`).join('\n')
  const todos = session.todos.map(({ content, status }) => `[${status}] ${content}`).join('\n')
  const now = said(context.client_now, 64)
  const zone = said(context.client_tz_label, 64)
  return [
    `You are ${assistantName}, a coding assistant. You work in a repository on the person's own machine, with the tools below: each call runs there and its result comes back to you.`,
    'Read before you change. Say only what results have shown; when something failed, say so. Answer in the language of the person, briefly, without emoji. End with a question only when you cannot go on without an answer.',
    'Keep a list of what is to be done with `todo` when there is more than one thing, and send it whole whenever it changes.',
    MODES[session.applied_mode],
    now === '' ? '' : `It is ${now}${zone === '' ? '' : ` (${zone})`} where the person is.`,
    said(context.verify_cmd, MOST.short) === '' ? '' : `Check your work with: ${said(context.verify_cmd, MOST.short)}`,
    quoted('working_folder', said(context.cwd, MOST.short)),
    quoted('repository_root', said(context.repo_root, MOST.short)),
    quoted('git', said(context.git, MOST.git)),
    quoted('tree', said(context.tree, MOST.tree)),
    quoted('repository_profile', said(context.repo_profile, MOST.profile)),
    turn.goal === null ? '' : `The goal: ${clip(turn.goal, 4000)}`,
    session.kind === 'marathon'
      ? 'This is long work: plan it with `plan_milestones`, mark what is reached with `finish_milestone`, and end when all of it is.'
      : '',
    quoted('milestones', open),
    quoted('todo', todos),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
