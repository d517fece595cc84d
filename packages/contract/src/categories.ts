/** Categories that an app may have, in the groups in which the marketplace shows them; icons are names of the panel's set. */
export const CATEGORY_CATALOG = {
  groups: [
    {
      id: 'work',
      name: 'Work',
      categories: [
        { id: 'productivity', name: 'Productivity', icon: 'ListChecks' },
        { id: 'communication', name: 'Communication', icon: 'MessagesSquare' },
        { id: 'business', name: 'Business', icon: 'Briefcase' },
        { id: 'finance', name: 'Finance', icon: 'Wallet' },
        { id: 'marketing', name: 'Marketing', icon: 'Megaphone' },
        { id: 'sales', name: 'Sales', icon: 'Handshake' },
      ],
    },
    {
      id: 'build',
      name: 'Build',
      categories: [
        { id: 'developer-tools', name: 'Developer tools', icon: 'Code' },
        { id: 'data', name: 'Data and analytics', icon: 'ChartLine' },
        { id: 'automation', name: 'Automation', icon: 'Workflow' },
        { id: 'integrations', name: 'Integrations', icon: 'Plug' },
        { id: 'security', name: 'Security', icon: 'Shield' },
      ],
    },
    {
      id: 'life',
      name: 'Life',
      categories: [
        { id: 'lifestyle', name: 'Lifestyle', icon: 'Leaf' },
        { id: 'health', name: 'Health', icon: 'HeartPulse' },
        { id: 'education', name: 'Education', icon: 'GraduationCap' },
        { id: 'media', name: 'Media', icon: 'Image' },
        { id: 'travel', name: 'Travel', icon: 'Plane' },
      ],
    },
    {
      id: 'other',
      name: 'Other',
      categories: [
        { id: 'general', name: 'General', icon: 'Box' },
        { id: 'system', name: 'System', icon: 'Settings' },
      ],
    },
  ],
  default_category: 'general',
}

/** Ids of all categories of the catalog. */
export const CATEGORIES: ReadonlySet<string> = new Set(
  CATEGORY_CATALOG.groups.flatMap((group) => group.categories.map((category) => category.id)),
)
