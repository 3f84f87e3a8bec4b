import type { DiagnosisState } from '../../../src-preload/contract/diagnosis.ts';
import type { DiagnosisService } from '../diagnose/diagnosis.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';

export interface DiagnosisParts {
  diagnosis: DiagnosisService;
  diagnosisChanges: Feed<DiagnosisState>;
}

export function diagnosisRouter({ diagnosis, diagnosisChanges }: DiagnosisParts) {
  return {
    start: api.diagnosis.start.handler(() => {
      const { id } = diagnosis.start();
      return { id };
    }),
    cancel: api.diagnosis.cancel.handler(() => {
      diagnosis.cancel();
      return {};
    }),
    watch: api.diagnosis.watch.handler(({ signal }) =>
      diagnosisChanges.subscribe({ signal, initial: [diagnosis.state] }),
    ),
    runs: api.diagnosis.runs.handler(({ input }) => diagnosis.runs(input.limit)),
    run: api.diagnosis.run.handler(({ input }) => diagnosis.run(input.id)),
    difference: api.diagnosis.difference.handler(({ input }) => diagnosis.difference(input.from, input.to)),
    presets: api.diagnosis.presets.handler(() => diagnosis.presets()),
    tryComponent: api.diagnosis.tryComponent.handler(({ input }) => diagnosis.tryComponent(input.check)),
  };
}
