import { readerOf, ui } from '@imperal/sdk'
import { ext } from './extension.ts'
import { allFacts } from './facts.ts'
import { forgetAll, forgetFact, remember } from './functions.ts'

ext.panel(
  'facts',
  { slot: 'left', title: 'Memory', icon: 'Brain', refresh: 'on_event:memory.facts_changed', defaultWidth: 340 },
  async (ctx) => {
    const facts = await allFacts(ctx.store)
    const add = ui.Input({ placeholder: 'Remember that …', paramName: 'text', onSubmit: ui.Call(remember) })
    if (facts.length === 0)
      return ui.Stack([
        add,
        ui.Text('Nothing is remembered. Only what you ask to keep ends up here.', { variant: 'caption' }),
      ])
    const reader = readerOf(ctx)
    const rows = facts.map((fact) =>
      ui.ListItem(fact.id, fact.data.text, {
        icon: 'Bookmark',
        group: fact.data.topic || 'Everything else',
        meta: reader.day(fact.createdAt),
        actions: [{ icon: 'Trash2', label: 'Forget', onClick: ui.Call(forgetFact, { fact_id: fact.id }) }],
      }),
    )
    return ui.Stack(
      [
        add,
        ui.List(rows, { groupedBy: 'group', searchable: rows.length > 8, pageSize: 50 }),
        ui.Button('Forget everything', {
          icon: 'Trash2',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call(forgetAll, {}),
        }),
      ],
      { gap: 2 },
    )
  },
)
