import { type CustomComponents, DayPicker, type Matcher } from 'react-day-picker'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { localeOfHost, say } from '../words.ts'

export interface CalendarProps {
  /** The chosen day as YYYY-MM-DD, or an empty string. */
  readonly day: string
  readonly min: string
  readonly max: string
  readonly onDay: (day: string) => void
}

/** A day of the calendar as YYYY-MM-DD, without a time zone in between. */
function isoDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function dateOf(day: string): Date | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || year === undefined || month === undefined || date === undefined)
    return undefined
  return new Date(year, month - 1, date)
}

const COMPONENTS: Partial<CustomComponents> = {
  Chevron: ({ orientation }) => <IconGlyph name={orientation === 'left' ? 'ChevronLeft' : 'ChevronRight'} size={16} />,
}

const nameOfMonth = (month: Date) => month.toLocaleDateString(localeOfHost(), { month: 'long', year: 'numeric' })

/** A month to pick a day from; days outside the ends cannot be picked. */
export function Calendar({ day, min, max, onDay }: CalendarProps) {
  const selected = dateOf(day)
  const [first, last] = [dateOf(min), dateOf(max)]
  const outside: Matcher[] = [...(first ? [{ before: first }] : []), ...(last ? [{ after: last }] : [])]
  const start = selected ?? (first !== undefined && first > new Date() ? first : undefined)
  return (
    <DayPicker
      mode="single"
      className="im-calendar"
      dir={document.documentElement.dir}
      autoFocus
      showOutsideDays
      weekStartsOn={firstWeekday()}
      selected={selected}
      disabled={outside}
      {...(start === undefined ? {} : { defaultMonth: start })}
      {...(first === undefined ? {} : { startMonth: first })}
      {...(last === undefined ? {} : { endMonth: last })}
      onSelect={(date) => date && onDay(isoDay(date))}
      formatters={{
        formatCaption: nameOfMonth,
        formatDay: (date) => new Intl.NumberFormat(localeOfHost()).format(date.getDate()),
        formatWeekdayName: (date) => date.toLocaleDateString(localeOfHost(), { weekday: 'narrow' }),
      }}
      labels={{
        labelDayButton: (date) => date.toLocaleDateString(localeOfHost(), { dateStyle: 'full' }),
        labelGrid: nameOfMonth,
        labelNav: () => say('Months'),
        labelNext: () => say('Next month'),
        labelPrevious: () => say('Previous month'),
        labelWeekday: (date) => date.toLocaleDateString(localeOfHost(), { weekday: 'long' }),
      }}
      components={COMPONENTS}
    />
  )
}

/** The day on which weeks begin where the reader is; Monday where the browser does not say. */
function firstWeekday(): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  const locale = new Intl.Locale(localeOfHost() ?? navigator.language) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number }
  } // newer than the types
  return ((locale.getWeekInfo?.().firstDay ?? 1) % 7) as 0 // between 0 and 6
}
