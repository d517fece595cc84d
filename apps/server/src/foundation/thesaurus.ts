import { stem, termsOf, wordsOf } from './words.ts'

/**
 * What people say for what functions are described with, in everyday English: a line a term of descriptions, behind it what is
 * said instead. Words of a line widen a search and replace nothing, for most of them mean something else as well.
 */
const SAID = `delete|get rid of, throw away, throw out, discard, drop, clear, wipe, bin, scrap
archive|put away, file away, store away, shelve
restore|bring back, get back, undo, recover, undelete, revive
duplicate|clone, copy, make a copy, another one like
get|open, view, read, details, full
list|which, overview, browse
search|look for, look up, hunt, where is, seek
count|how many, number of, total
update|correct, fix, adjust, set, modify, replace, revise, amend
create|put in, set up, start, enter, log, record, register, jot, note down, compose, draft
share|let see, show to, give access, invite
assign|give to, hand to, hand over, delegate, pass to
tag|label, flag, categorize
comment|remark, reply, respond, annotate, feedback
remind|nudge, ping, alert, remember
approve|say yes, accept, allow, confirm, sign off, okay, agree
reject|say no, decline, refuse, deny
export|download, save as, spreadsheet, csv, table
import|upload, load, bring in, spreadsheet, csv
print|pdf, hard copy, paper
history|who touched, who changed, who edited, changes, versions, activity, last changed
send|mail, forward, dispatch, text
cancel|call off, abort, stop
schedule|plan, book, arrange
pay|settle, transfer
note|memo
task|todo, to do, chore, reminder
email|message, mail, letter
contact|person, people, address
event|appointment, meeting, date
invoice|bill, receipt
order|purchase
product|item, article, goods
customer|client, buyer
document|file, paper, doc
photo|picture, image, snapshot
song|track, music, tune
recipe|dish, meal
expense|cost, spending, receipt
project|initiative
ticket|issue, bug, problem, request
deal|opportunity, lead
employee|colleague, coworker, staff, worker
vacation|leave, holiday, time off
shipment|parcel, package, delivery
flight|plane, plane trip
booking|reservation, room
workout|training, exercise
habit|routine
book|novel
article|post, story
bookmark|link, favorite
password|login, credential
device|gadget, machine
lamp|light
thermostat|heating, temperature
camera|cam
plant|flower
pet|animal
medicine|drug, medication, pill
course|class
exam|test
student|pupil, learner
lesson|session
survey|poll, questionnaire
campaign|promotion
newsletter|mailing
domain|web address, website
server|machine, host
vehicle|car, truck
budget|allowance
investment|stock, share
contract|agreement`

/** How much of a term counts that was not said itself. */
const WEIGHT = 0.75

interface Phrase {
  /** Stems that stand in this order, other words between them or not. */
  readonly words: readonly string[]
  readonly means: readonly string[]
}

const stems = (text: string): string[] => wordsOf(text).map(stem)

function readPhrases(): ReadonlyMap<string, readonly Phrase[]> {
  const found = new Map<string, Phrase[]>()
  for (const line of SAID.split('\n')) {
    const [term = '', said = ''] = line.split('|')
    for (const phrase of said.split(', ')) {
      const words = stems(phrase)
      const [first = ''] = words
      found.set(first, [...(found.get(first) ?? []), { words, means: termsOf(term) }])
    }
  }
  return found
}
const PHRASES = readPhrases()

/** Words between the parts of a phrase: “put the light away”, “give this task to Tom”. */
const MOST_BETWEEN = 4

function stands(words: readonly string[], phrase: Phrase, from: number): boolean {
  let at = from
  for (const part of phrase.words.slice(1)) {
    const next = words.indexOf(part, at + 1)
    if (next < 0 || next - at > MOST_BETWEEN + 1) return false
    at = next
  }
  return true
}

/** The terms of a question, and for less those that its words may stand for. */
export function soughtTerms(text: string): ReadonlyMap<string, number> {
  const sought = new Map(termsOf(text).map((term) => [term, 1]))
  const words = stems(text)
  const found = words.flatMap((word, at) => (PHRASES.get(word) ?? []).filter((phrase) => stands(words, phrase, at)))
  // “get rid of” speaks of nothing that is got.
  for (const { words: spent } of found) if (spent.length > 1) for (const word of spent) sought.delete(word)
  for (const { means } of found) for (const term of means) if (!sought.has(term)) sought.set(term, WEIGHT)
  return sought
}
