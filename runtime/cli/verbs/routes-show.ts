import { estateOf } from '../../core/operate/estate';
import { readFailed, surveyRoutes } from '../../core/routes/read';
import { ExitCode } from '../exit-code';
import { Problem } from '../problem';
import { agreement, endpointsDocument, endpointsTable, routeCell, routesDocument } from '../render/routes';
import { table } from '../terminal/table';
import type { Verb } from '../verb';

export const routesShow: Verb = {
  async run(context) {
    const { clock, deadline, signal } = context;
    const { manifest, from } = await context.manifest();
    const estate = estateOf(manifest);
    const [survey] = await Promise.all([surveyRoutes({ clock, endpoints: context.aws.controlEndpoints() }, estate.accessPoint, { deadline, signal }), context.caller()]);
    if (survey.good.length === 0) {
      throw new Problem('NoRoutes', readFailed(survey.failed, estate.accessPoint).sentence, { next: ['s3-failover card', 's3-failover routes show --verbose'] });
    }
    const agrees = survey.views.length === 1;
    return {
      // Routes that nobody can be sure of are no success, for a script that goes on with them.
      code: agrees ? ExitCode.DONE : ExitCode.UNKNOWN,
      document: {
        schema: 'cdk-s3-failover/routes',
        version: 1,
        accessPoint: estate.accessPoint.arn,
        manifest: from,
        agree: agrees,
        routes: agrees ? routesDocument(survey.views[0].routes) : null,
        views: survey.views.map((view) => ({ endpoints: view.endpoints, routes: routesDocument(view.routes) })),
        endpoints: endpointsDocument(survey),
      },
      text(paint) {
        const views = survey.views.map((view) => view.routes);
        const rows = estate.members.map((region) => [region, routeCell(region, views, paint), estate.buckets[region]]);
        return `${table(['REGION', 'ROUTE', 'BUCKET'], rows, paint.faint)}\n${endpointsTable(survey, paint)}${(agrees ? paint.faint : paint.bad)(agreement(survey))}\n`;
      },
    };
  },
};
