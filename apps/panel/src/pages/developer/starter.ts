import type { JsonObject } from '@imperal/contract'

/** Where a new document begins: two functions over one collection, and a panel that lists it. */
export const starter = (appId: string, title: string): JsonObject => ({
  ir_version: '1.0',
  app: {
    id: appId,
    version: '1.0.0',
    title,
    description: 'Say here in one or two sentences what the app does for people.',
    capabilities: ['store:write'],
    events: { emits: [{ type: `${appId}.entry.added` }] },
    functions: [
      {
        name: 'add_entry',
        description: 'Add an entry with a title to the list.',
        event: `${appId}.entry.added`,
        params_schema: { title: { type: 'string', required: true } },
        impl: {
          kind: 'declarative',
          steps: [
            {
              id: 'new',
              op: 'store.create',
              args: { kind: 'entry', data: { title: '{{args.title}}' } },
              summary: 'Added {{args.title}}.',
            },
          ],
        },
      },
      {
        name: 'list_entries',
        description: 'List the entries that were added, newest first.',
        impl: { kind: 'declarative', steps: [{ id: 'all', op: 'store.list', args: { kind: 'entry' } }] },
      },
    ],
    ui: {
      panels: [
        {
          panel_id: 'list',
          slot: 'left',
          title,
          render: {
            kind: 'template',
            tree: {
              $data: [{ id: 'all', op: 'store.list', args: { kind: 'entry' } }],
              type: 'List',
              props: {
                empty_text: 'Nothing here yet.',
                items: {
                  $repeat: '{{steps.all.docs}}',
                  as: 'row',
                  node: { type: 'ListItem', props: { id: '{{row.id}}', title: '{{row.title}}' } },
                },
              },
            },
          },
        },
      ],
    },
  },
})
