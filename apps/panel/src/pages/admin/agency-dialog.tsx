import { type AgencyResponse, type AgencyTheme, agencies } from '@imperal/contract'
import { Button, Dialog, SelectField, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useRef } from 'react'
import { agencyQuery } from '../../data/agency.ts'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { type FieldErrors, useForm } from '../parts/use-form.ts'

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{2,49}$/
const HEX = /^#[0-9a-fA-F]{6}$/
/** The colours that make the look; the others of a theme stay as they are. */
const COLORS = [
  ['primary', t('Buttons and links')],
  ['text-on-primary', t('Text on buttons')],
  ['accent', t('Highlights')],
  ['surface-0', t('Page')],
  ['surface-1', t('Bars and cards')],
  ['text', t('Text')],
] as const
const MODES = ['light', 'dark'] as const
const MODE_LABELS = { light: t('Light theme'), dark: t('Dark theme') }
type Field = `${(typeof COLORS)[number][0]}:${(typeof MODES)[number]}`

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const valuesOf = (agency: AgencyResponse | null) => ({
  agency_id: agency?.agency_id ?? '',
  display_name: agency?.display_name ?? '',
  domain: agency?.domain ?? '',
  logo_url: text(agency?.settings?.logo_url),
  logo_dark_url: text(agency?.settings?.logo_dark_url),
  support_email: text(agency?.settings?.support_email),
  retention_days: text(agency?.settings?.retention_days),
  density: agency?.theme.density ?? ('default' as const),
  radius: agency?.theme.radius ?? ('default' as const),
  ...(Object.fromEntries(
    COLORS.flatMap(([name]) => MODES.map((mode) => [`${name}:${mode}`, agency?.theme.colors[name]?.[mode] ?? ''])),
  ) as Record<Field, string>), // every name and mode, listed above
})
type Values = ReturnType<typeof valuesOf>

/** Both colours of a pair, or neither: one alone would be missing in the other theme. */
const colorProblems = (values: Values): FieldErrors<Values> =>
  Object.fromEntries(
    COLORS.flatMap(([name]) =>
      MODES.map((mode) => {
        const [own, other] = [values[`${name}:${mode}`], values[`${name}:${mode === 'light' ? 'dark' : 'light'}`]]
        const fits = own === '' ? other === '' : HEX.test(own)
        return [`${name}:${mode}`, fits ? undefined : t('A colour such as #1a2b3c, for both themes.')]
      }),
    ),
  )

function themeOf(values: Values, before: AgencyTheme | undefined): AgencyTheme {
  const colors = { ...before?.colors }
  for (const [name] of COLORS) {
    const pair = { light: values[`${name}:light`], dark: values[`${name}:dark`] }
    if (pair.light === '') delete colors[name]
    else colors[name] = pair
  }
  return { colors, density: values.density, radius: values.radius }
}

/** What is left empty is taken out: `null` in `extra` removes a setting. */
function settingsOf(values: Values) {
  const days = values.retention_days.trim()
  const given = {
    logo_url: values.logo_url.trim(),
    logo_dark_url: values.logo_dark_url.trim(),
    support_email: values.support_email.trim(),
    retention_days: days === '' ? '' : Number(days),
  }
  const entries = Object.entries(given)
  return {
    ...Object.fromEntries(entries.filter(([, value]) => value !== '')),
    extra: Object.fromEntries(entries.filter(([, value]) => value === '').map(([name]) => [name, null])),
  }
}

/** Makes an agency, or changes its name, address and look; its id stays. */
export function AgencyDialog({
  agency,
  onClose,
}: {
  readonly agency: AgencyResponse | null
  readonly onClose: () => void
}) {
  const id = useId()
  const client = useQueryClient()
  // Made by an earlier press whose settings were refused: the next one only changes it.
  const made = useRef<string | null>(agency?.agency_id ?? null)
  const form = useForm<Values>({
    initial: valuesOf(agency),
    check: (values) => ({
      agency_id: ID.test(values.agency_id) ? undefined : t('An id is 3 to 50 letters, digits, _ and -.'),
      display_name: values.display_name.trim() === '' ? t('Enter a name.') : undefined,
      retention_days: /^\d{0,4}$/.test(values.retention_days.trim()) ? undefined : t('A number of days, or nothing.'),
      ...colorProblems(values),
    }),
    blame: ({ code }) => (/domain/i.test(code) ? 'domain' : /exists/i.test(code) ? 'agency_id' : null),
    send: async (values) => {
      const params = { agency_id: values.agency_id }
      const display_name = values.display_name.trim()
      const theme = themeOf(values, agency?.theme)
      if (made.current !== values.agency_id) {
        await api.send(agencies.create, { body: { ...params, display_name } })
        made.current = values.agency_id
        await client.invalidateQueries({ queryKey: ['admin', 'agencies'] })
      }
      const body = { ...settingsOf(values), display_name, domain: values.domain.trim().toLowerCase() || null }
      await api.send(agencies.updateSettings, { params, body })
      await api.send(agencies.updateTheme, { params, body: theme })
      await client.invalidateQueries({ queryKey: ['admin', 'agencies'] })
      await client.invalidateQueries({ queryKey: agencyQuery.queryKey })
      onClose()
    },
  })
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={agency ? t('Change {name}', { name: agency.display_name }) : t('New agency')}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Saving')}>
            {agency ? t('Save agency') : t('Create agency')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        {agency ? null : (
          <TextField
            {...form.text('agency_id')}
            {...plain}
            label={t('Id')}
            description={t('Stays for ever.')}
            required
          />
        )}
        <TextField {...form.text('display_name')} label={t('Name')} maxLength={255} autoComplete="off" required />
        <TextField
          {...form.text('domain')}
          {...plain}
          label={t('Domain')}
          description={t('Sign-in pages that are opened under this name wear its look.')}
        />
        <div className="pg-pair">
          <TextField {...form.text('logo_url')} {...plain} label={t('Logo')} description={t('An https:// address.')} />
          <TextField {...form.text('logo_dark_url')} {...plain} label={t('Logo in the dark theme')} />
        </div>
        <div className="pg-pair">
          <TextField
            {...form.text('support_email')}
            {...plain}
            label={t('Support address')}
            description={t('Shown where people sign in.')}
            inputMode="email"
          />
          <TextField
            {...form.text('retention_days')}
            label={t('Days that conversations are kept')}
            description={t('Empty: as long as their people want.')}
            inputMode="numeric"
          />
        </div>
        <div className="pg-pair">
          <SelectField
            label={t('Density')}
            options={[
              { value: 'compact', label: t('Compact') },
              { value: 'default', label: t('Normal') },
              { value: 'spacious', label: t('Spacious') },
            ]}
            value={form.values.density}
            onValue={(next) => form.set('density', next as Values['density'])}
          />
          <SelectField
            label={t('Corners')}
            options={[
              { value: 'sharp', label: t('Sharp') },
              { value: 'default', label: t('Normal') },
              { value: 'rounded', label: t('Rounded') },
            ]}
            value={form.values.radius}
            onValue={(next) => form.set('radius', next as Values['radius'])}
          />
        </div>
        {COLORS.map(([name, label]) => (
          <fieldset key={name} className="pg-pair">
            <legend>{label}</legend>
            {MODES.map((mode) => (
              <TextField
                key={mode}
                {...form.text(`${name}:${mode}`)}
                {...plain}
                label={MODE_LABELS[mode]}
                placeholder="#1a2b3c"
              />
            ))}
          </fieldset>
        ))}
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
