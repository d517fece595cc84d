import { call, type Example, node } from './example.ts'

const FOLDERS = ['Meetings', 'Recipes', 'Travel'].map((label) => ({ value: label.toLowerCase(), label }))
const COUNTRIES = [
  'Austria',
  'Belgium',
  'Croatia',
  'Denmark',
  'Estonia',
  'Finland',
  'France',
  'Germany',
  'Greece',
  'Iceland',
  'Ireland',
  'Italy',
  'Norway',
  'Österreich',
  'Poland',
  'Sweden',
].map((label) => ({ value: label.slice(0, 3).toLowerCase(), label }))

export const INPUT = {
  Input: [
    {
      name: 'With help',
      tree: node('Input', {
        placeholder: 'Halden Print',
        value: '',
        param_name: 'name',
        label: 'Company',
        description: 'As it should appear on invoices',
        required: true,
      }),
    },
    {
      name: 'Sends by Enter',
      tree: node('Input', {
        placeholder: 'Words to find',
        value: '',
        param_name: 'query',
        on_submit: call('search'),
        label: 'Search the archive',
      }),
    },
    {
      name: 'Wrong and read-only',
      tree: node('Stack', {
        children: [
          node('Input', {
            placeholder: '',
            value: 'ida@',
            param_name: 'mail',
            type: 'email',
            label: 'Mail',
            error: 'Write a full address, such as name@example.com.',
          }),
          node('Input', {
            placeholder: '',
            value: 'NO 984 661 185',
            param_name: 'vat',
            label: 'VAT id',
            readonly: true,
          }),
        ],
        direction: 'v',
        gap: 4,
      }),
    },
  ],
  Password: [
    {
      name: 'A credential',
      tree: node('Input', {
        placeholder: 'paste value…',
        value: '',
        param_name: 'api_key',
        type: 'password',
        label: 'API key',
      }),
    },
  ],
  TextArea: [
    {
      name: 'Several lines',
      tree: node('TextArea', {
        placeholder: '',
        value: 'What should the supplier know?',
        rows: 4,
        param_name: 'note',
        on_submit: call('save_note'),
        label: 'Note',
        description: 'Ctrl+Enter saves',
      }),
    },
  ],
  Toggle: [
    {
      name: 'Applies at once',
      tree: node('Toggle', {
        value: true,
        param_name: 'reminders',
        label: 'Reminders',
        on_change: call('set_reminders'),
        description: 'Sent at 09:00',
      }),
    },
    {
      name: 'Disabled',
      tree: node('Toggle', { value: false, param_name: 'beta', label: 'Early access', disabled: true }),
    },
  ],
  Select: [
    {
      name: 'A few choices',
      tree: node('Select', {
        options: FOLDERS,
        value: 'meetings',
        param_name: 'folder',
        on_change: call('move_note'),
        label: 'Folder',
      }),
    },
    {
      name: 'Many choices can be searched',
      tree: node('Select', {
        options: COUNTRIES,
        value: '',
        param_name: 'country',
        placeholder: 'Choose a country',
        on_change: call('set_country'),
        label: 'Country',
      }),
    },
  ],
  MultiSelect: [
    {
      name: 'Chosen ones as chips',
      tree: node('MultiSelect', {
        options: FOLDERS,
        values: ['recipes'],
        param_name: 'folders',
        on_change: call('set_folders'),
        label: 'Folders',
      }),
    },
  ],
  Slider: [
    {
      name: 'A limit',
      tree: node('Slider', {
        min: 0,
        max: 1000,
        value: 600,
        step: 50,
        param_name: 'limit',
        label: 'Spending limit',
        on_change: call('set_limit'),
      }),
    },
  ],
  DatePicker: [
    {
      name: 'A day in a range',
      tree: node('DatePicker', {
        value: '2026-12-03',
        param_name: 'due',
        on_change: call('set_due'),
        min: '2026-11-01',
        max: '2027-03-31',
        label: 'Due',
      }),
    },
  ],
  FileUpload: [
    {
      name: 'Several files',
      tree: node('FileUpload', {
        accept: '.pdf,image/*,text/plain',
        max_size_mb: 10,
        multiple: true,
        param_name: 'files',
        on_upload: call('add_receipts'),
        title: 'Drop receipts here',
        hint: 'PDF, pictures or text, up to 10 MB each',
      }),
    },
    {
      name: 'Compact, with what became of it',
      tree: node('FileUpload', {
        accept: '*',
        max_size_mb: 5,
        multiple: false,
        param_name: 'logo',
        on_upload: call('set_logo'),
        blocked_extensions: ['exe'],
        title: 'Logo',
        variant: 'compact',
      }),
    },
  ],
  RichEditor: [
    {
      name: 'A letter',
      tree: node('RichEditor', {
        content: '<p>Dear <strong>Ida</strong>,</p><p>thank you for the offer.</p>',
        placeholder: 'Start writing...',
        param_name: 'letter',
        toolbar: true,
        on_save: call('save_letter'),
        on_change: call('draft_letter'),
        label: 'Letter',
      }),
    },
  ],
  TagInput: [
    {
      name: 'With suggestions',
      tree: node('TagInput', {
        values: ['q1', 'hiring'],
        suggestions: ['oslo', 'office', 'offsite'],
        placeholder: 'Add...',
        param_name: 'tags',
        grouped_by: '',
        on_change: call('set_tags'),
        delimiters: [','],
        validate: '^[a-z0-9]+$',
        validate_message: 'Lower case letters and digits only.',
        label: 'Tags',
      }),
    },
  ],
  Form: [
    {
      name: 'A crate',
      tree: node('Form', {
        children: [
          node('Input', { placeholder: '', value: '', param_name: 'code', label: 'Code', required: true }),
          node('Select', {
            options: [
              { value: 'd4', label: 'Dock 4' },
              { value: 'd7', label: 'Dock 7' },
            ],
            value: 'd4',
            param_name: 'dock',
            label: 'Dock',
          }),
          node('Input', { placeholder: '', value: '12', param_name: 'pieces', type: 'number', label: 'Pieces' }),
          node('Checkbox', { value: false, param_name: 'fragile', label: 'Fragile' }),
        ],
        action: 'save_crate',
        submit_label: 'Save crate',
        defaults: { crate_id: 'c-17', fragile: true },
      }),
    },
  ],
  Checkbox: [
    {
      name: 'A yes or no',
      tree: node('Checkbox', {
        value: true,
        param_name: 'send',
        on_change: call('set_send'),
        label: 'Send as soon as it is numbered',
        description: 'Only invoices without remarks',
      }),
    },
  ],
  RadioGroup: [
    {
      name: 'One of three',
      tree: node('RadioGroup', {
        options: [
          { value: 'daily', label: 'Daily', description: 'At 09:00' },
          { value: 'weekly', label: 'Weekly', description: 'On Mondays' },
          { value: 'never', label: 'Never', disabled: true },
        ],
        value: 'weekly',
        param_name: 'rhythm',
        orientation: 'vertical',
        on_change: call('set_rhythm'),
        label: 'Rhythm',
      }),
    },
  ],
} satisfies Record<string, readonly Example[]>
