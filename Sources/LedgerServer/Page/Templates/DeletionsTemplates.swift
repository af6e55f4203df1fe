/// The page of a project's deletion queue.
enum DeletionsTemplates {
  static let deletions = """
    {{>head}}
    <h1>Deletion queue of <bdi>{{project}}</bdi></h1>
    {{>tabs}}
    <p class="summary" role="status"><strong>{{summary}}</strong>\
     <span class="faint">As read at <time datetime="{{readAt.machine}}">{{readAt.text}}</time>.</span>\
     <a href="{{refresh}}">Refresh</a>{{#all}} <a href="{{all}}">All of them, newest workload first</a>{{/all}}</p>
    {{#hasRows}}
    <table class="cards">
    <caption class="hidden">Workloads that wait for their deletion or could not be deleted, oldest request first\
    </caption>
    <thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Requested by</th>\
    <th scope="col">Requested</th><th scope="col" class="number">Age</th><th scope="col" class="number">Requests</th>\
    <th scope="col">Last failure</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr>
    <th scope="row"><a href="{{address}}"><bdi>{{name}}</bdi></a></th>
    <td data-label="Status"><span class="status {{statusClass}}">{{status}}</span></td>
    <td data-label="Requested by"><bdi>{{actor}}</bdi></td>
    <td data-label="Requested">{{#requested}}<time datetime="{{machine}}">{{text}}</time>{{/requested}}</td>
    <td data-label="Age" class="number">{{age}}</td>
    <td data-label="Requests" class="number">{{attempts}}</td>
    <td data-label="Last failure">{{#hasFailed}}<bdi>{{failure}}</bdi>{{#isSilent}}no reason given{{/isSilent}} \
    {{#failedAt}}<span class="faint"><time datetime="{{machine}}">{{text}}</time></span>{{/failedAt}}{{/hasFailed}}</td>
    </tr>
    {{/rows}}
    </tbody>
    </table>
    {{/hasRows}}
    {{>foot}}
    """
}
