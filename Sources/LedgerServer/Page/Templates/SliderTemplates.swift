/// The slider over the positions of the log, and the live mode at its end. Without a script it is a form that is sent
/// with its button.
enum SliderTemplates {
  static let slider = """
    <form class="slider" id="slider" method="get" action="{{path}}" aria-label="Time">
    {{#slider}}
    {{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}
    <label>As of <input type="range" name="asOf" min="1" max="{{last}}" value="{{position}}"\
     aria-valuetext="{{text}}" autocomplete="off"></label>
    <output>{{text}}</output>
    <button type="submit">Show</button>
    {{/slider}}
    <button type="button" id="live" data-stream="{{stream}}" aria-pressed="false" hidden>Live</button>\
    <span id="live-text" class="faint" role="status"></span>
    </form>
    """
}
