import { AssistantLimits, LLM_PURPOSES, type LlmConfig, LlmProvider, type LlmPurpose } from '@imperal/contract'
import { Tabs } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { LANGUAGE, t } from '../../i18n/index.ts'
import { count } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/section.tsx'
import { type ConfigField, ConfigForm } from './config-form.tsx'
import { ProviderForm } from './provider-form.tsx'
import { type ModelsChange, type ModelsView, modelsQuery } from './queries.ts'
import { AllUsage } from './usage.tsx'

const textOf = (config: LlmConfig, name: string): string => {
  const value = (config as Readonly<Record<string, unknown>>)[name]
  return value === undefined || value === null ? '' : String(value)
}
const flat = (config: LlmConfig, name: string, label: string, more: Partial<ConfigField> = {}): ConfigField => ({
  name,
  label,
  value: textOf(config, name),
  place: (value) => ({ [name]: value }) as ModelsChange,
  ...more,
})

/** English has a small letter inside a sentence; nouns of German keep theirs. */
const saveLabel = (purpose: string): string =>
  t('Save {purpose}', { purpose: LANGUAGE === 'en' ? purpose.toLowerCase() : purpose })

const purposeEntries = Object.entries(LLM_PURPOSES) as [LlmPurpose, (typeof LLM_PURPOSES)[LlmPurpose]][]

const purposeFields = (config: LlmConfig, purpose: LlmPurpose): ConfigField[] => {
  const { base, tokens } = LLM_PURPOSES[purpose]
  const [initial, least, most] = tokens
  const inherited =
    base === purpose ? t('as the provider says') : t('as “{purpose}” says', { purpose: t(LLM_PURPOSES[base].label) })
  return [
    flat(config, `${purpose}_model`, t('Model'), { placeholder: inherited }),
    flat(config, `${purpose}_fallback_model`, t('Model after a failure'), { placeholder: t('none') }),
    {
      name: `${purpose}.max_tokens`,
      label: t('Most tokens of an answer'),
      kind: 'whole',
      value: String(config.purposes?.[purpose]?.max_tokens ?? ''),
      placeholder: String(initial),
      help: t('{least} to {most}', { least: count(least), most: count(most) }),
      place: (max_tokens) => ({ purposes: { [purpose]: { max_tokens } } }) as ModelsChange,
    },
  ]
}

const TIERS = { economy: t('Economy'), standard: t('Standard'), premium: t('Premium') }

const tierFields = ({ tiers }: LlmConfig): ConfigField[] =>
  (['economy', 'standard', 'premium'] as const).map((tier) => ({
    name: `tiers.${tier}`,
    label: TIERS[tier],
    value: tiers?.[tier] ?? '',
    place: (value) => ({ tiers: { [tier]: value } }) as ModelsChange,
  }))

const keyFields = ({ provider: chosen, providers }: LlmConfig): ConfigField[] =>
  LlmProvider.options
    .filter((provider) => provider !== chosen)
    .flatMap((provider): ConfigField[] => {
      const access = providers?.[provider]
      const place = (name: 'api_key' | 'base_url') => (value: string | number | null) =>
        ({ providers: { [provider]: { [name]: value } } }) as ModelsChange
      return [
        {
          name: `${provider}.api_key`,
          label: t('Key of {name}', { name: provider }),
          kind: 'secret',
          value: '',
          placeholder: access?.api_key ?? t('none'),
          help: access?.api_key ? t('One is stored; what you enter takes its place.') : '',
          place: place('api_key'),
        },
        {
          name: `${provider}.base_url`,
          label: t('Address of {name}', { name: provider }),
          value: access?.base_url ?? '',
          placeholder: t('the provider’s own'),
          place: place('base_url'),
        },
      ]
    })

const capFields = ({ caps }: LlmConfig): ConfigField[] =>
  (
    [
      ['user_monthly_tokens', t('Tokens of one person in a month'), t('no limit')],
      ['installation_monthly_tokens', t('Tokens of everybody in a month'), t('no limit')],
      ['alert_percent', t('Tell from this percentage'), '80'],
      ['quality_ceiling_tokens', t('Most tokens of any answer'), '50000'],
    ] as const
  ).map(([name, label, placeholder]) => ({
    name: `caps.${name}`,
    label,
    placeholder,
    kind: 'whole',
    value: String(caps?.[name] ?? ''),
    place: (value) => ({ caps: { [name]: value } }) as ModelsChange,
  }))

const numbers = Object.entries(AssistantLimits.shape).filter(
  ([name]) => name !== 'judge_enabled' && name !== 'step_reclassify_enabled',
)
const usual: Readonly<Record<string, unknown>> = AssistantLimits.parse({})
const limitFields = ({ assistant }: LlmConfig): ConfigField[] =>
  numbers.map(([name, schema]) => ({
    name: `assistant.${name}`,
    label: (schema.description ?? name).replace(/\.$/, ''),
    kind: 'whole',
    placeholder: String(usual[name]),
    help: name,
    value: String((assistant as Readonly<Record<string, unknown>> | undefined)?.[name] ?? ''),
    place: (value) => ({ assistant: { [name]: value } }) as ModelsChange,
  }))

const TABS = [
  { id: 'models', label: t('Models') },
  { id: 'limits', label: t('Assistant') },
  { id: 'usage', label: t('Usage') },
] as const

/** Models of the installation, the limits of its assistant, and what both used; for administrators. */
export function ModelsPage() {
  const view = useQuery(modelsQuery)
  return <Loaded query={view}>{(shown) => <Parts view={shown} />}</Loaded>
}

function Parts({ view }: { readonly view: ModelsView }) {
  const [tab, setTab] = useState<string>('models')
  return (
    <Tabs
      label={t('Language models')}
      active={tab}
      onChange={setTab}
      tabs={TABS.map(({ id, label }) => ({
        id,
        label,
        content: id === 'models' ? <ModelParts view={view} /> : id === 'limits' ? <Limits view={view} /> : <AllUsage />,
      }))}
    />
  )
}

function ModelParts({ view }: { readonly view: ModelsView }) {
  const { config } = view
  return (
    <div className="pg-page">
      <Section title={t('Provider')} lead={t('Who answers, unless a person brought a model of their own.')}>
        <ProviderForm view={view} />
      </Section>
      <Section title={t('Tiers')} lead={t('Names for models, which may stand wherever a model is named below.')}>
        <ConfigForm fields={tierFields(config)} save={t('Save tiers')} />
      </Section>
      <Section title={t('Purposes')} lead={t('Where another model than the provider’s serves better or costs less.')}>
        {purposeEntries.map(([purpose, { label }]) => (
          <details key={purpose} className="pg-checks-more">
            <summary>
              {t(label)}
              {textOf(config, `${purpose}_model`) === '' ? '' : `: ${textOf(config, `${purpose}_model`)}`}
            </summary>
            <ConfigForm fields={purposeFields(config, purpose)} save={saveLabel(t(label))} />
          </details>
        ))}
      </Section>
      <Section
        title={t('After a failure')}
        lead={t('Another provider is asked once when the first one does not answer.')}
      >
        <ConfigForm
          fields={[
            flat(config, 'failover_provider', t('Provider'), {
              help: t('One of {names}; empty: none.', { names: LlmProvider.options.join(', ') }),
              place: (value) =>
                ({ failover_provider: value, failover_enabled: value === null ? null : true }) as ModelsChange,
            }),
            flat(config, 'failover_model', t('Model')),
          ]}
          save={t('Save failover')}
        />
      </Section>
      <Section title={t('Keys of further providers')} lead={t('For failover, and for apps with a model of their own.')}>
        <ConfigForm fields={keyFields(config)} save={t('Save keys')} />
      </Section>
      <Section
        title={t('Budgets')}
        lead={t('What the installation’s models may take in a month. A model of one’s own is not counted.')}
      >
        <ConfigForm fields={capFields(config)} save={t('Save budgets')} />
      </Section>
    </div>
  )
}

const Limits = ({ view }: { readonly view: ModelsView }) => (
  <Section title={t('Limits of the assistant')} lead={t('What it reads and does at most. Empty is the usual value.')}>
    <ConfigForm fields={limitFields(view.config)} save={t('Save limits')} />
  </Section>
)
