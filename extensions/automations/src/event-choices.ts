import { type Choices, SCHEDULED } from './choices.ts'
import { REPEATS } from './times.ts'
import { inWords } from './words.ts'

export interface EventChoice {
  readonly value: string
  readonly label: string
}
type Event = Choices['events'][number]

const LONGEST = 120
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text)

/** What sets an event off: one function in its own words, several by their names; nothing that says no more than its name. */
function causeOf(events: readonly Event[]): string {
  const [first] = events
  if (first === undefined || first.function === null) return ''
  if (events.length === 1) return ` – ${first.description}`
  return `, by ${events.map((event) => inWords(event.function ?? '').toLowerCase()).join(', ')}`
}

function labelOf(first: Event, events: readonly Event[], names: ReadonlyMap<string, string>): string {
  const { event_type, app_id, description } = first
  if (app_id === null) return `The platform: ${description || inWords(event_type)}`
  const own = event_type.startsWith(`${app_id}.`) ? event_type.slice(app_id.length + 1) : event_type
  return `${names.get(app_id) ?? inWords(app_id)}: ${inWords(own.replaceAll('.', ' '))}${causeOf(events)}`
}

/** Times first, then each event once, with what sets it off: by app, the platform last. */
export function eventChoices({ events, functions }: Choices): EventChoice[] {
  const names = new Map(functions.map((one) => [one.app_id, one.app_name]))
  const byType = Map.groupBy(
    events.filter(({ event_type }) => event_type !== SCHEDULED),
    ({ event_type }) => event_type,
  )
  const rank = ({ app_id }: Event): number => (app_id === null ? 1 : 0)
  const happenings = [...byType.values()]
    .flatMap((same) => {
      const [first] = same
      return first === undefined ? [] : [{ first, label: labelOf(first, same, names) }]
    })
    .sort((one, other) => rank(one.first) - rank(other.first) || one.label.localeCompare(other.label))
    .map(({ first, label }) => ({ value: first.event_type, label: cut(label) }))
  return [...REPEATS.map(([value, label]) => ({ value, label })), ...happenings]
}
