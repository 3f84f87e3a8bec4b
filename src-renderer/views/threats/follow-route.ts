import { watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export type ThreatTab = 'addresses' | 'types' | 'rules';
export type ThreatDialog = 'none' | 'allow' | 'try';

/** Links of other screens: `#/threats?address=…` selects, `&act=allow` opens the dialog (which asks), `?tab=rules`. */
export function followRoute(shown: {
  selected: Ref<string | undefined>;
  tab: Ref<ThreatTab>;
  dialog: Ref<ThreatDialog>;
}): void {
  const route = useRoute();
  const router = useRouter();
  const follow = (): void => {
    const { address, tab, act } = route.query;
    if (typeof address === 'string' && address !== '') shown.selected.value = address;
    if (tab === 'rules' || tab === 'types' || tab === 'addresses') shown.tab.value = tab;
    if (act !== 'allow') return;
    shown.dialog.value = 'allow';
    // Closed once, it must not come back with the next look at the same address.
    void router.replace({ query: { ...route.query, act: undefined } });
  };
  watch(() => route.query, follow, { immediate: true });
}
